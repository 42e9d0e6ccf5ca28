import { createPublicKey, type KeyObject, sign } from 'node:crypto';

// Object identifiers, already encoded (X.690): SHA-256 with RSA (RFC 8017) and commonName (X.520).
const SHA256_WITH_RSA = Buffer.from('06092a864886f70d01010b0500', 'hex');
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const UTF8_STRING = 0x0c;
const SEQUENCE = 0x30;
const SET = 0x31;
const GENERALIZED_TIME = 0x18;

/**
 * A self-signed X.509 certificate (RFC 5280, version 1), as PEM: Node reads certificates but makes none. Nothing here
 * checks its dates or issuer; it is how the platform's public key comes to a merchant in certificate mode.
 * @param serialNumber at most 20 bytes, its first bit not set.
 */
export function selfSignedCertificate(privateKey: KeyObject, serialNumber: Buffer, commonName: string): string {
  const algorithm = der(SEQUENCE, SHA256_WITH_RSA);
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(UTF8_STRING, Buffer.from(commonName)))));
  const validity = der(SEQUENCE, time('20200101000000Z'), time('20991231235959Z'));
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const content = der(SEQUENCE, der(INTEGER, serialNumber), algorithm, name, validity, name, publicKey);
  const signature = sign('RSA-SHA256', content, privateKey);
  const certificate = der(SEQUENCE, content, algorithm, der(BIT_STRING, Buffer.from([0]), signature));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

const time = (text: string): Buffer => der(GENERALIZED_TIME, Buffer.from(text));

/** Tag, length, value. */
function der(tag: number, ...values: readonly Buffer[]): Buffer {
  const value = Buffer.concat(values);
  return Buffer.concat([Buffer.from([tag]), lengthOf(value), value]);
}

// Below 128 one byte; else how many bytes follow, and those.
function lengthOf(value: Buffer): Buffer {
  if (value.length < 0x80) return Buffer.from([value.length]);
  const digits = Buffer.from(value.length.toString(16).padStart(4, '0'), 'hex');
  return Buffer.concat([Buffer.from([0x80 | digits.length]), digits]);
}
