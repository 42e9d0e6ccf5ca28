import * as z from 'zod';
import { type FunctionName, MANIFEST } from '../../functions/manifest.ts';
import { pointsAt, resourcesOf, type Template } from './synthesised.ts';

const oneOrMany = <T extends z.ZodType>(shape: T) => z.union([z.array(shape), shape.transform((value) => [value])]);
const statementShape = z.object({
  Effect: z.string(),
  Action: oneOrMany(z.string()),
  Resource: oneOrMany(z.union([z.string(), z.record(z.string(), z.unknown())])),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});
const policyShape = z.object({
  PolicyDocument: z.object({ Statement: z.array(statementShape) }),
  Roles: z.array(z.unknown()),
});
export type Statement = z.infer<typeof statementShape>;

const functionShape = z.object({
  FunctionName: z.string(),
  Role: z.unknown(),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
});
export type DeployedFunction = {
  readonly logicalId: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly statements: readonly Statement[];
};

/** All statements of the policies attached to one role, by the role's logical id. */
export function statementsOfRole(template: Template, roleId: string): readonly Statement[] {
  return resourcesOf(template, 'AWS::IAM::Policy')
    .map(([, resource]) => policyShape.parse(resource.Properties))
    .filter(({ Roles }) => Roles.some((role) => pointsAt(role) === roleId))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

/** A deployed function with its variables and everything its role may do. */
export function deployedFunction(template: Template, name: FunctionName): DeployedFunction {
  const found = resourcesOf(template, 'AWS::Lambda::Function').find(
    ([, resource]) => resource.Properties['FunctionName'] === `Yiqi-${name}`,
  );
  if (found === undefined) throw new Error(`${name} is not deployed`);
  const properties = functionShape.parse(found[1].Properties);
  return {
    logicalId: found[0],
    variables: properties.Environment.Variables,
    statements: statementsOfRole(template, pointsAt(properties.Role) ?? ''),
  };
}

export const FUNCTION_NAMES = Object.keys(MANIFEST) as FunctionName[];

/** Statements with at least one action that begins like this. */
export const statementsFor = (statements: readonly Statement[], prefix: string): readonly Statement[] =>
  statements.filter(({ Action }) => Action.some((action) => action.startsWith(prefix)));
