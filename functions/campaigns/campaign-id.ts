import * as z from 'zod';

/** What a campaign id looks like; anything else on a public address names no campaign and is not looked up. */
const CAMPAIGN_ID = /^[a-z0-9_]{1,64}$/;
export const isCampaignId = (text: string): boolean => CAMPAIGN_ID.test(text);
export const campaignIdSchema = z.string().regex(CAMPAIGN_ID, 'must be the id of a campaign');
