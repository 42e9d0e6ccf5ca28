import { describe, expect, test } from 'vitest';
import { failureReason, finishedResources, readOutputs } from '../../local/deploy.ts';

describe('a deploy', () => {
  test('is as far as the last finished resource says, with a change set or without', () => {
    const line =
      'Yiqi |  71 | 8:48:04 PM | CREATE_COMPLETE         | AWS::SQS::Queue | Queues/Notice (QueuesNoticeE88E7A3A)';
    expect(finishedResources(line)).toEqual({ stack: 'Yiqi', finished: 71 });
    expect(finishedResources(line.replace('71', '71/178'))).toEqual({ stack: 'Yiqi', finished: 71 });
    expect(finishedResources(line.replace('CREATE_COMPLETE', 'CREATE_IN_PROGRESS'))).toBeUndefined();
    expect(finishedResources('Yiqi: deploying... [1/1]')).toBeUndefined();
  });

  test('that failed is explained by the resource that failed, before what followed from it', () => {
    const lines = [
      'Yiqi | 12/93 | 10:20:30 AM | CREATE_FAILED | AWS::Lambda::Function | SendNotice  Unsupported runtime',
      '❌  Yiqi failed: ToolkitError: The stack named Yiqi failed creation',
    ];
    expect(failureReason(lines)).toContain('SendNotice Unsupported runtime');
    expect(failureReason(lines.slice(1))).toBe('Yiqi failed: ToolkitError: The stack named Yiqi failed creation');
  });

  test("that did not come to pass is explained by the app's own words, not the CLI's", () => {
    const lines = ['Setting mailFrom is needed on AWS.', 'node infra/app.ts: Subprocess exited with error 1', ''];
    expect(failureReason(lines)).toBe('Setting mailFrom is needed on AWS.');
    expect(failureReason([])).toBeUndefined();
  });

  test('answers the outputs of all stacks by name, and refuses two of the same name', () => {
    expect(readOutputs('{"Yiqi":{"ApiId":"a1"},"Other":{"Queue":"q"}}')).toEqual({ ApiId: 'a1', Queue: 'q' });
    expect(() => readOutputs('{"Yiqi":{"ApiId":"a1"},"Other":{"ApiId":"a2"}}')).toThrow('ApiId');
  });
});
