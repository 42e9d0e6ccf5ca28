import { type FunctionSpec, http, task } from '../function-spec.ts';

/** The functions of `campaigns`. */
export const campaignsFunctions = {
  'save-campaign': {
    entry: 'campaigns/save-campaign.lambda.ts',
    purpose: 'Makes a draft of a proposal, saves parts of it, and withdraws what was not approved.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'POST', path: '/campaigns' },
        { method: 'PATCH', path: '/campaigns/{campaignId}' },
        { method: 'POST', path: '/campaigns/{campaignId}/withdrawals' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'put', 'update'], partitions: ['ORGANISATION#', 'CAMPAIGN#'] } },
  },
  'submit-campaign': {
    entry: 'campaigns/submit-campaign.lambda.ts',
    purpose: 'Hands a proposal in, or says all that is wrong with it, and starts the campaign lifecycle.',
    trigger: {
      kind: 'http',
      routes: [{ method: 'POST', path: '/campaigns/{campaignId}/submissions' }],
      access: 'staff',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'put', 'update'], partitions: ['ORGANISATION#', 'CAMPAIGN#'] },
      lifecycle: ['start'],
    },
  },
  'get-campaign': {
    entry: 'campaigns/get-campaign.lambda.ts',
    purpose: 'Shows a campaign to staff, and lists those of an organisation or of all below it.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/campaigns' },
        { method: 'GET', path: '/campaigns/{campaignId}' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'ORGANISATION#'] } },
  },
  'manage-attachments': {
    entry: 'campaigns/manage-attachments.lambda.ts',
    purpose: "Takes a campaign's files by upload addresses, checks what came, and hands them out to staff.",
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/campaigns/{campaignId}/attachments' },
        { method: 'POST', path: '/campaigns/{campaignId}/attachments' },
        { method: 'GET', path: '/campaigns/{campaignId}/attachments/{attachmentId}' },
        { method: 'DELETE', path: '/campaigns/{campaignId}/attachments/{attachmentId}' },
        { method: 'POST', path: '/campaigns/{campaignId}/attachments/{attachmentId}/confirmations' },
      ],
      access: 'staff',
    },
    timeoutSeconds: 29, // a file of 20 MB is read whole and hashed: some 2 s on a third of a core
    memoryMb: 512,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update', 'delete'],
        partitions: ['CAMPAIGN#', 'ORGANISATION#'],
      },
      bucket: { verbs: ['get', 'put', 'delete'], prefix: 'attachments/' },
    },
  },
  'begin-team': {
    entry: 'campaigns/begin-team.lambda.ts',
    purpose: "Takes a captain's team, which waits for the word of the campaign's manager.",
    trigger: { kind: 'http', routes: [{ method: 'POST', path: '/campaigns/{campaignId}/teams' }], access: 'public' },
    ...http,
    needs: { table: { verbs: ['get', 'put', 'update'], partitions: ['CAMPAIGN#'] } },
  },
  'manage-teams': {
    entry: 'campaigns/manage-teams.lambda.ts',
    purpose: 'Shows and decides on teams, and lets units join a campaign that goes on.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/campaigns/{campaignId}/teams' },
        { method: 'GET', path: '/campaigns/{campaignId}/teams/{teamId}' },
        { method: 'POST', path: '/campaigns/{campaignId}/teams/{teamId}/decisions' },
        { method: 'POST', path: '/campaigns/{campaignId}/units' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['CAMPAIGN#'] } },
  },
  'manage-proposal-templates': {
    entry: 'campaigns/manage-proposal-templates.lambda.ts',
    purpose: "Saves and shows what an organisation's proposals begin with.",
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/organisations/{organisationId}/proposal-templates' },
        { method: 'GET', path: '/organisations/{organisationId}/proposal-templates/{templateId}' },
        { method: 'PUT', path: '/organisations/{organisationId}/proposal-templates/{templateId}' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query', 'put'], partitions: ['ORGANISATION#'] } },
  },
  'change-life': {
    entry: 'campaigns/change-life.lambda.ts',
    purpose: 'Pauses a campaign, lets it go on, or cancels it with what becomes of its gifts.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'POST', path: '/campaigns/{campaignId}/pauses' },
        { method: 'POST', path: '/campaigns/{campaignId}/resumptions' },
        { method: 'POST', path: '/campaigns/{campaignId}/cancellations' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['CAMPAIGN#'] } },
  },
  'amend-campaign': {
    entry: 'campaigns/amend-campaign.lambda.ts',
    purpose: 'Proposes changes of an approved plan, lists them, records their filing, takes them back.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'POST', path: '/campaigns/{campaignId}/amendments' },
        { method: 'GET', path: '/campaigns/{campaignId}/amendments' },
        { method: 'PUT', path: '/campaigns/{campaignId}/amendments/{number}/filing' },
        { method: 'POST', path: '/campaigns/{campaignId}/amendments/{number}/withdrawals' },
      ],
      access: 'staff',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['CAMPAIGN#', 'POOL#', 'SPENDING#'] },
      amendments: true,
    },
  },

  'check-proposal': {
    entry: 'campaigns/check-proposal.lambda.ts',
    purpose: 'Checks what a proposal needs beyond its fields: organisation, lead time, pool.',
    ...task,
    needs: { table: { verbs: ['get'], partitions: ['CAMPAIGN#', 'ORGANISATION#'] } },
  },
  'flag-campaign': {
    entry: 'campaigns/flag-campaign.lambda.ts',
    purpose: 'Says on a campaign that its workflow stopped, and raises the alarm.',
    ...task,
    needs: { table: { verbs: ['get', 'update'], partitions: ['CAMPAIGN#'] }, auditTrail: true },
  },
  'move-campaign': {
    entry: 'campaigns/move-campaign.lambda.ts',
    purpose: 'Moves a campaign along its states; refuses what is not a legal step.',
    ...task,
    needs: {
      table: { verbs: ['get', 'put', 'update'], partitions: ['CAMPAIGN#', 'POOL#', 'SEED#'] },
      auditTrail: true,
    },
  },
  'tell-staff': {
    entry: 'campaigns/tell-staff.lambda.ts',
    purpose: 'Mails staff what has become of a campaign: not opened, never opened, paused.',
    ...task,
    needs: {
      table: { verbs: ['get', 'put', 'update', 'delete'], partitions: ['CAMPAIGN#', 'ORGANISATION#'] },
      mail: true,
    },
  },
  'settle-amendment': {
    entry: 'campaigns/settle-amendment.lambda.ts',
    purpose: 'Applies an amendment that was approved and filed, or says why not.',
    ...task,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update'],
        partitions: ['CAMPAIGN#', 'POOL#', 'ORGANISATION#', 'SPENDING#'],
      },
      auditTrail: true,
    },
  },
  'check-due': {
    entry: 'campaigns/check-due.lambda.ts',
    purpose: 'Says whether the campaign is filed and may open, close or settle yet, and how long to wait.',
    ...task,
    needs: { table: { verbs: ['get'], partitions: ['CAMPAIGN#'] } },
  },
} as const satisfies Record<string, FunctionSpec>;
