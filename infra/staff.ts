import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { CfnUserPoolGroup, Mfa, UserPool, type UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Settings } from './settings.ts';

/** Roles of staff; the functions ask for them by these names. */
export const STAFF_GROUPS = ['admin', 'manager', 'finance', 'approver', 'auditor'] as const;

/** Long enough for a meeting, short enough for a laptop that is left in a cafe. */
const TOKEN_VALID_HOURS = 1;
/** One working day without signing in again. */
const SESSION_VALID_HOURS = 10;
const SHORTEST_PASSWORD = 12;

/** The people who work with the system. Accounts are made by an admin; nobody signs up. */
export class Staff extends Construct {
  readonly userPool: UserPool;
  readonly client: UserPoolClient;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.userPool = new UserPool(this, 'UserPool', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      userInvitation: {
        emailSubject: 'Yiqi 账号邀请 / Your Yiqi account',
        emailBody:
          '您已获邀使用益起（Yiqi）。账号：{username} 临时密码：{####} 三天内有效，首次登录时请设置新密码。<br><br>' +
          'You have been invited to Yiqi. Account: {username} Temporary password: {####} It is good for three days; ' +
          'the first sign-in asks for a new one.',
      },
      passwordPolicy: {
        minLength: SHORTEST_PASSWORD,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      mfa: settings.strictSignIn ? Mfa.REQUIRED : Mfa.OFF,
      mfaSecondFactor: { otp: true, sms: false },
      deletionProtection: settings.keepsData,
      removalPolicy: settings.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    acknowledge(
      this.userPool,
      'COG8',
      'The plus tier costs per person and month; a dozen staff with a required second factor do without it.',
    );
    if (!settings.strictSignIn) {
      acknowledge(this.userPool, 'COG2', 'A local run on one machine signs its demo people in without a phone.');
    }
    this.client = this.userPool.addClient('Client', {
      // SRP keeps the password on the person's own device, and no other flow takes one. The emulator of a local run does
      // not speak SRP.
      authFlows: settings.strictSignIn ? { userSrp: true } : { userPassword: true },
      disableOAuth: true,
      generateSecret: false,
      preventUserExistenceErrors: true,
      accessTokenValidity: Duration.hours(TOKEN_VALID_HOURS),
      idTokenValidity: Duration.hours(TOKEN_VALID_HOURS),
      refreshTokenValidity: Duration.hours(SESSION_VALID_HOURS),
    });
    for (const groupName of STAFF_GROUPS) {
      new CfnUserPoolGroup(this, `Group-${groupName}`, { groupName, userPoolId: this.userPool.userPoolId });
    }
  }
}
