import { Stack, Token, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import * as z from 'zod';

/** Accepts one finding of the AwsSolutions rules on one construct. The reason is read by whoever reviews the account. */
export function acknowledge(construct: IConstruct, finding: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions::AwsSolutions-${finding}`, reason });
}

const importShape = z.object({ 'Fn::ImportValue': z.string() });

/** How a finding shows the address of something that another stack keeps: by the name under which that stack exports it. */
export function shownExport(owner: IConstruct, arn: string): string {
  const stack = Stack.of(owner);
  return importShape.parse(stack.resolve(stack.exportValue(arn)))['Fn::ImportValue'];
}

/** Region and account as a finding names them: as references where the stack goes wherever it is deployed, else as they are. */
export function shownPlace(scope: IConstruct): string {
  const { region, account } = Stack.of(scope);
  return `${Token.isUnresolved(region) ? '<AWS::Region>' : region}:${Token.isUnresolved(account) ? '<AWS::AccountId>' : account}`;
}
