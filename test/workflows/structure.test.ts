import validate from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { WORKFLOWS, type WorkflowName } from '../../functions/manifest.ts';
import { edgesOf, filledWorkflow, type Machine, statesOf } from './asl.ts';

describe('the disclosure of a closed campaign', () => {
  it('comes only after the step that says the report is signed, whose fees it reads', () => {
    const machine = JSON.parse(filledWorkflow('campaign-closeout')) as Machine;
    const into = [...edgesOf(machine)].filter((edge) => edge.endsWith('PublishDisclosure'));
    expect(into).toEqual([expect.stringContaining('WhereItStands')]);
  });
});

describe.each(Object.keys(WORKFLOWS) as WorkflowName[])('workflow %s', (name) => {
  const machine = JSON.parse(filledWorkflow(name)) as Machine;
  const states = [...statesOf(machine)];

  it('is valid Amazon States Language', () => {
    expect(validate(machine).errors).toEqual([]);
  });

  it('has no placeholder that nothing fills', () => {
    expect(filledWorkflow(name)).not.toContain('${');
  });

  it('ends by itself one day, as the manifest says', () => {
    expect(machine.TimeoutSeconds).toBe(WORKFLOWS[name].timeoutDays * 86_400);
  });

  it('gives every task a timeout', () => {
    const without = states.filter(([, state]) => state.Type === 'Task' && state.TimeoutSeconds === undefined);
    expect(without.map(([state]) => state)).toEqual([]);
  });

  it('retries what is transient or throttled in every task that calls a function, and never what is permanent', () => {
    const tasks = states.filter(([, state]) => state.Resource?.includes('lambda:invoke'));
    expect(tasks.length).toBeGreaterThan(0);
    for (const [state, { Retry = [] }] of tasks) {
      const retried = Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
      expect(retried, state).toEqual(expect.arrayContaining(['TransientError', 'ThrottledError']));
      expect(retried, state).not.toContain('PermanentError');
      expect(retried, state).not.toContain('States.ALL');
      for (const { MaxAttempts } of Retry) expect(MaxAttempts, state).toBeLessThanOrEqual(10);
    }
  });

  it('leaves no task without a way to a named failure', () => {
    const inner = new Set(
      [...states].flatMap(([, state]) =>
        state.ItemProcessor === undefined ? [] : [...statesOf(state.ItemProcessor).keys()],
      ),
    );
    const bare = states.filter(
      ([state, { Type, Catch }]) => ['Task', 'Map'].includes(Type) && Catch === undefined && !inner.has(state),
    );
    expect(bare.map(([state]) => state)).toEqual([]);
  });
});
