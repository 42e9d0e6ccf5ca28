/**
 * Which kinds of items staff and workflows change, and which of their attributes an audit line may show. Everything else
 * of an item is named and not shown: task tokens and seeds are secrets, and donors' contacts are theirs. `not-a-deed`
 * are items that follow from the others of their transaction, or that nobody decides about; a change of these alone makes no line.
 * A kind that is missing here cannot be written by a function of staff at all.
 */
export const AUDITED_ITEMS: Readonly<Record<string, readonly string[] | 'not-a-deed'>> = {
  // organisations and people
  organisation: ['organisationId', 'name', 'parentId', 'path', 'managementLimitBasisPoints'],
  'organisation-child': 'not-a-deed',
  membership: ['organisationId', 'personId', 'roles', 'reach', 'state'],
  member: 'not-a-deed',

  // campaigns
  campaign: [
    'campaignId',
    'status',
    'proposal',
    'round',
    'submittedBy',
    'workedOnBy',
    'returnReason',
    'attention',
    'seedHashes',
    'draft',
  ],
  'draft-campaign': ['campaignId', 'status', 'proposal', 'lookAgain', 'workedOnBy'],
  'sub-plan': 'not-a-deed',
  attachment: ['campaignId', 'attachmentId', 'name', 'kind', 'contentType', 'bytes', 'sha256', 'state'],
  'proposal-template': ['organisationId', 'templateId', 'name', 'proposal'],
  team: ['campaignId', 'teamId', 'name', 'slogan', 'targetMinor', 'state', 'decidedBy', 'reason'],
  'team-room': 'not-a-deed',
  transition: 'not-a-deed',
  approval: ['campaignId', 'subject', 'round', 'state', 'route', 'amountMinor', 'workedOnBy', 'lastDecision'],
  'approval-route': ['organisationId', 'subject', 'version', 'steps', 'mayRepeat'],
  'approval-route-version': 'not-a-deed',
  delegation: [
    'delegationId',
    'fromPersonId',
    'toPersonId',
    'organisationId',
    'roles',
    'from',
    'until',
    'reason',
    'revokedAt',
  ],
  'delegation-received': 'not-a-deed',
  seeds: [],

  // gifts that people enter, and what they say of donors
  'offline-gift': [
    'offlineId',
    'campaignId',
    'state',
    'kind',
    'amountMinor',
    'receivedOn',
    'evidence',
    'bankReference',
    'goods',
    'agreementNo',
    'purpose',
    'unitId',
    'enteredBy',
    'decidedBy',
    'reason',
  ],
  'offline-day': 'not-a-deed',
  'donation-intent': [],
  'donor-contact': [],
  donation: ['giftId', 'campaignId', 'unitId', 'amountMinor', 'currency', 'provider', 'paymentId', 'occurredAt'],
  'donor-link': ['aliasId', 'donorId', 'state', 'evidence'],
  'donor-link-step': 'not-a-deed',
  'linked-donors': 'not-a-deed',
  standing: ['campaignId', 'donorId', 'reach', 'years', 'employerRuleIds'],

  // matching
  pool: ['campaignId', 'plan', 'planVersion', 'poolMinor', 'remainingMinor', 'state', 'stage', 'adjustments'],
  adjustment: ['campaignId', 'number', 'kind', 'giftId', 'changes', 'draw', 'challenges', 'resizes', 'reason'],
  'match-claim': ['giftId', 'ruleId', 'state', 'reason', 'matchMinor'],
  'match-payment': ['campaignId', 'ruleId', 'reference', 'amountMinor', 'paidOn'],
  'campaign-donor': 'not-a-deed',
  'donor-year': 'not-a-deed',
  'campaign-totals': 'not-a-deed',
  'unit-totals': 'not-a-deed',
  'day-totals': 'not-a-deed',
  turn: 'not-a-deed',

  // statements
  'statement-mapping': ['organisationId', 'mapping'],
  'statement-import': [
    'importId',
    'organisationId',
    'campaignId',
    'fileName',
    'bytes',
    'state',
    'bookedBy',
    'perhapsOffline',
  ],
};
