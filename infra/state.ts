import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CorsRule,
  HttpMethods,
  type IBucket,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/** Name of the one index; functions/platform/table.dynamodb.ts asks it by this name, and a test holds the two together. */
export const CAMPAIGN_INDEX = 'campaign';
/** Who read which report: long enough for a yearly audit that comes late. */
const READ_RECORDS_KEPT_DAYS = 400;
/** A quarter to ask about a file and to import it again; then the books are what counts. */
const STATEMENTS_KEPT_DAYS = 90;
/** Providers' bills of every day hold payers' account references: two years, as donors' contacts; the closeouts keep their own. */
const BILLS_KEPT_DAYS = 730;
/** An upload that was broken off is of no use to anybody after a week. */
const PARTIAL_UPLOAD_KEPT_DAYS = 7;

/** Browsers ask again after an hour whether they may upload. */
const CORS_ANSWER_SECONDS = 3600;
const uploadRules = (origins: readonly string[]): CorsRule[] =>
  origins.length === 0
    ? []
    : [
        {
          allowedOrigins: [...origins],
          allowedMethods: [HttpMethods.PUT],
          allowedHeaders: ['content-type', 'x-amz-checksum-sha256'],
          maxAge: CORS_ANSWER_SECONDS,
        },
      ];

/** What must never be lost: the table of entries, the files, and the key that both are encrypted with. */
export class State extends Construct {
  readonly key: Key;
  readonly table: Table;
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const removalPolicy = settings.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;

    this.key = new Key(this, 'Key', {
      description: 'Yiqi: entries, donor contacts, files and secrets',
      enableKeyRotation: true,
      removalPolicy,
    });

    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      // A campaign is silent for months and then has its year in one evening: nothing is paid for waiting.
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: settings.keepsData,
      removalPolicy,
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      timeToLiveAttribute: 'expiresAt',
    });
    this.table.addGlobalSecondaryIndex({
      indexName: CAMPAIGN_INDEX,
      partitionKey: { name: 'indexPk', type: AttributeType.STRING },
      sortKey: { name: 'indexSk', type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    });

    // Access logs can only be delivered to a bucket with S3's own encryption; they hold object names, no contents.
    const readRecords = new Bucket(this, 'ReadRecords', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy,
      lifecycleRules: [{ id: 'forget', expiration: Duration.days(READ_RECORDS_KEPT_DAYS) }],
    });
    this.bucket = new Bucket(this, 'Files', {
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      // One data key serves many objects: without it every read of a report is a call to KMS.
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      removalPolicy,
      serverAccessLogsBucket: readRecords as IBucket,
      // Browsers put files straight here, each by an address that is signed for this one file.
      cors: uploadRules(settings.corsOrigins),
      lifecycleRules: [
        // Uploaded statements hold donors' names as the platform wrote them; what is booked is in the table.
        { id: 'forget-statements', prefix: 'statements/', expiration: Duration.days(STATEMENTS_KEPT_DAYS) },
        { id: 'forget-bills', prefix: 'bills/', expiration: Duration.days(BILLS_KEPT_DAYS) },
        { id: 'drop-partial-uploads', abortIncompleteMultipartUploadAfter: Duration.days(PARTIAL_UPLOAD_KEPT_DAYS) },
      ],
    });
  }
}
