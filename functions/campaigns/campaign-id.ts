import * as z from 'zod';

/** What a campaign id looks like; anything else on a public address names no campaign and is not looked up. */
export const CAMPAIGN_ID = /^[a-z0-9_]{1,64}$/;
export const campaignIdSchema = z.string().regex(CAMPAIGN_ID, 'must be the id of a campaign');
