import { RemovalPolicy, SecretValue } from 'aws-cdk-lib';
import { type IKey, Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Settings } from './settings.ts';

/** 64 letters and digits carry 380 bits, well over the 256 of the keyed hash that uses them. */
const DONOR_KEY_LENGTH = 64;

/** What functions read at run time and nobody else may. */
export class Secrets extends Construct {
  readonly merchant: Secret;
  readonly donorKey: Secret;
  /** Accounts of the channels beside mail. */
  readonly messaging: Secret;
  /** Signs days (functions/proofs). It never leaves KMS, and its public half is published. */
  readonly signingKey: Key;

  constructor(scope: Construct, id: string, props: { readonly key: IKey; readonly settings: Settings }) {
    super(scope, id);
    const removalPolicy = props.settings.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    this.merchant = new Secret(this, 'Merchant', {
      description: 'WeChat Pay merchant keys (docs/deploy.md shows the JSON)',
      encryptionKey: props.key,
      removalPolicy,
      // A placeholder that no key can be read from: until the operator has replaced it every notification is refused.
      secretStringValue: SecretValue.unsafePlainText('{"replace":"see docs/deploy.md"}'),
    });
    acknowledge(
      this.merchant,
      'SMG4',
      'The keys are issued by WeChat Pay and changed on its merchant platform; no function of ours could rotate them.',
    );
    this.messaging = new Secret(this, 'Messaging', {
      description: 'Accounts for WeChat template messages and SMS (docs/notices.md shows the JSON)',
      encryptionKey: props.key,
      removalPolicy,
      // No account at all: these channels are off until the operator has put some in.
      secretStringValue: SecretValue.unsafePlainText('{}'),
    });
    acknowledge(
      this.messaging,
      'SMG4',
      'The keys are issued by WeChat and Alibaba Cloud and changed on their consoles; no function of ours could rotate them.',
    );
    this.donorKey = new Secret(this, 'DonorKey', {
      description: 'Key of the hash that stands for a donor in entries',
      encryptionKey: props.key,
      removalPolicy,
      generateSecretString: { passwordLength: DONOR_KEY_LENGTH, excludePunctuation: true },
    });
    acknowledge(
      this.donorKey,
      'SMG4',
      'A new key would give every donor a new identity, and caps per donor would start again from zero.',
    );
    this.signingKey = new Key(this, 'SigningKey', {
      description: 'Yiqi: signs what was counted on each day',
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy,
    });
    acknowledge(
      this.signingKey,
      'KMS5',
      'KMS rotates no asymmetric keys: a new one is made beside it, and days name the key that signed them (docs/disclosure.md).',
    );
  }
}
