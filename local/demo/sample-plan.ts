/**
 * What a made-up proposal says beside its days, its money and its units: one place for the demo, the simulator and the tests,
 * so that a field which a proposal needs is added once.
 */
export const SAMPLE_PLAN = {
  purpose: '为全市困难党员家庭提供生活救助与医疗补助。',
  beneficiaries: '经社区公示的困难党员家庭，预计 200 户',
} as const;
