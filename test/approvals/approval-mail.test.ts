import { describe, expect, it } from 'vitest';
import { renderApprovalMail } from '../../functions/approvals/approval-mail.tsx';
import { dueNotices, noticeName } from '../../functions/approvals/approval-notices.ts';
import type { NoticeFor } from '../../functions/approvals/approval-words.ts';
import { decide } from '../../functions/approvals/deciding.ts';
import { plusSeconds, SECONDS_PER_DAY, SECONDS_PER_HOUR } from '../../functions/kernel/time.ts';
import { asks, BEGUN, begun, COUNTY_APPROVER, REASONS, self } from './sample-approval.ts';

const later = (hours: number) => plusSeconds(BEGUN, hours * SECONDS_PER_HOUR);
const names = (hours: number) => dueNotices(begun(), later(hours)).map((notice) => noticeName(begun(), notice));
const decided = (decision: string) => {
  const outcome = decide(begun(), asks({ decision, reasons: REASONS }), self(COUNTY_APPROVER), later(1));
  if (outcome.kind !== 'decided') throw new Error(outcome.kind);
  return outcome.approval;
};
const input = (more: Partial<NoticeFor> = {}): NoticeFor => ({
  approval: begun(),
  notice: { kind: 'step-begun', step: 1 },
  organisationName: '达州市红十字会',
  recipientName: '王强',
  names: new Map([['manager-li', '李华']]),
  onBehalfOf: [],
  now: BEGUN,
  ...more,
});

describe('what people should have been told by now', () => {
  it('is that a step has begun, and of reminders the last that is due', () => {
    expect(names(0)).toEqual(['approval-campaign-1-step-1-step-begun']);
    expect(names(23.99)).toHaveLength(1);
    expect(names(24)).toEqual(['approval-campaign-1-step-1-step-begun', 'approval-campaign-1-step-1-reminder-1']);
    expect(names(100).at(-1)).toBe('approval-campaign-1-step-1-reminder-4');
  });

  it('is nothing more of a step that was decided, and of an approval that has ended only that', () => {
    const next = decided('approve');
    expect(dueNotices(next, later(2))).toEqual([{ kind: 'step-begun', step: 2 }]);
    expect(dueNotices(decided('return'), later(2))).toEqual([{ kind: 'ended' }]);
    expect(dueNotices(begun(), plusSeconds(BEGUN, 30 * SECONDS_PER_DAY))).toEqual([{ kind: 'ended' }]);
  });
});

describe('a mail about an approval', () => {
  it.each(['zh-CN', 'en'] as const)('shows what people typed as text, on its own line (%s)', async (language) => {
    const evil = '<img src=x onerror=alert(1)>\r\nBcc: everybody@example.org';
    const approval = { ...decided('return'), language, title: evil };
    const mail = await renderApprovalMail(
      input({ approval, notice: { kind: 'ended' }, recipientName: evil, organisationName: evil }),
    );
    expect(mail.html).not.toContain('<img');
    expect(mail.subject).not.toMatch(/[\r\n]/);
    expect(mail.text).not.toMatch(/^Bcc:/m);
    expect(mail.text).toContain('budgetLines[2].amountMinor');
  });

  it('says who proposed what, for how much, at which step, and until when', async () => {
    const { subject, text } = await renderApprovalMail(input());
    expect(subject).toBe('待您审批：困难党员帮扶计划');
    for (const fact of ['¥200,000.00', '李华', '第1步，共3步：县级负责人', '2026-09-19 09:00（北京时间）'])
      expect(text).toContain(fact);
    const english = await renderApprovalMail(input({ approval: { ...begun(), language: 'en' } }));
    expect(english.subject).toBe('Waits for your decision: 困难党员帮扶计划');
    expect(english.text).toContain('Step: 1 of 3: 县级负责人');
  });

  it('of made-up data says so first', async () => {
    const { subject, text } = await renderApprovalMail(input({ approval: begun({ generatedData: true }) }));
    expect(subject).toMatch(/^【演示数据】/);
    expect(text.split('\n')[0]).toContain('演示数据');
  });
});
