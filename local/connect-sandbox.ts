import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SystemAddresses } from './running-system.ts';
import type { Sandbox } from './sandbox/sandbox.ts';

/** The route that receives the provider's notifications. */
const NOTIFY_PATH = '/webhooks/wechat-pay';

/**
 * Makes a running system and a payment sandbox know each other, as an operator does with a real account
 * (docs/deploy.md): the system gets the merchant secret, the provider the address for its notifications. Before the
 * first notification, because functions keep the secret that they have read.
 */
export async function connectSandbox(
  system: SystemAddresses,
  sandbox: Pick<Sandbox, 'merchantSecret' | 'setNotifyUrl'>,
): Promise<void> {
  const { endpoint, region, credentials, outputs, apiUrl } = system;
  const client = new SecretsManagerClient({ endpoint, region, credentials });
  try {
    await client.send(
      new PutSecretValueCommand({ SecretId: outputs['MerchantSecretId'], SecretString: sandbox.merchantSecret() }),
    );
  } finally {
    client.destroy();
  }
  sandbox.setNotifyUrl(`${apiUrl}${NOTIFY_PATH}`);
}
