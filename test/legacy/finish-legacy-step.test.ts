import { describe, expect, it } from 'vitest';
import { definition as finishStep } from '../../functions/legacy/finish-legacy-step.lambda.ts';
import { OldOffice, quietly } from './office.ts';

quietly();

/** A file whose reading has begun, and the workflow's word that it ended like this. */
async function afterFailure(error: string): Promise<{ readonly state: string; readonly refusal: unknown }> {
  const office = new OldOffice();
  await office.open();
  const fileId = await office.upload('旧项目.xls', new Uint8Array([0xd0, 0xcf, 0x11, 0xe0]));
  await office.call('files', 'POST /legacy-exercises/{exerciseId}/files/{fileId}/readings', { fileId }, MANAGER);
  const failure = { Error: error, Cause: 'as Step Functions tells it' };
  const input = { mode: 'read' as const, exerciseId: office.exerciseId, fileId, failure };
  await finishStep.handle(input, { table: office.table }, office.now);
  return office.file(fileId);
}
const MANAGER = { id: 'manager-wang', groups: ['manager'] };

describe('a file whose reading did not end', () => {
  it.each(['States.Timeout', 'Sandbox.Timedout', 'Runtime.OutOfMemory'])(
    'is refused with what to do after %s',
    async (error) => {
      expect(await afterFailure(error)).toMatchObject({
        state: 'refused',
        refusal: { problem: expect.stringContaining('damaged'), fix: expect.stringContaining('new XLSX') },
      });
    },
  );

  it('has failed, for a person to start again, where it is no fault of the file', async () => {
    expect(await afterFailure('TransientError')).toMatchObject({
      state: 'failed',
      refusal: null,
      failure: 'TransientError: as Step Functions tells it',
    });
  });
});
