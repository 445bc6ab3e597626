/**
 * Part storage in a bucket that speaks S3. Keys and the endpoint come from the environment, as
 * everywhere in that SDK (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION,
 * AWS_ENDPOINT_URL_S3, profiles).
 */
import type { S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { XqgError } from '../../base/errors.js';
import { loadPackage } from '../../base/optional-package.js';
import type { PartStorage } from './part-storage.js';

type Sdk = typeof import('@aws-sdk/client-s3');

export class S3Storage implements PartStorage {
  private constructor(
    readonly place: string,
    private readonly sdk: Sdk,
    private readonly client: S3Client,
    private readonly bucket: string,
    private readonly prefix: string,
  ) {}

  /**
   * @param place s3://bucket/prefix
   * @throws XqgError XQG_PACKAGE_MISSING, XQG_PARTS_PLACE
   */
  static async open(place: string): Promise<S3Storage> {
    const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]+)(?:\/(.*))?$/.exec(place) ?? [];
    if (bucket === undefined) throw new XqgError('XQG_PARTS_PLACE', { place });
    const sdk = await loadPackage<Sdk>(
      'Parts in S3',
      '@aws-sdk/client-s3',
      () => import('@aws-sdk/client-s3'),
    );
    const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION, AWS_DEFAULT_REGION } = process.env;
    const client = new sdk.S3Client({
      // Servers other than Amazon's rarely have a host name for each bucket.
      forcePathStyle: (AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL) !== undefined,
      ...(AWS_REGION === undefined && AWS_DEFAULT_REGION === undefined
        ? { region: 'us-east-1' }
        : {}),
    });
    return new S3Storage(
      place,
      sdk,
      client,
      bucket,
      prefix === '' ? '' : `${prefix.replace(/(?<!\/)\/+$/, '')}/`,
    );
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    const command = new this.sdk.PutObjectCommand({
      ...this.#at(name),
      Body: bytes,
      IfNoneMatch: '*',
    });
    // Of two writers of one name the first stays, and the second one's bytes are the same.
    await this.#guard(
      this.client.send(command),
      'PreconditionFailed',
      'ConditionalRequestConflict',
    );
  }

  async get(name: string): Promise<Uint8Array | null> {
    const found = await this.#guard(
      this.client.send(new this.sdk.GetObjectCommand(this.#at(name))),
      'NoSuchKey',
    );
    return (await found?.Body?.transformToByteArray()) ?? null;
  }

  async has(name: string): Promise<boolean> {
    const command = new this.sdk.HeadObjectCommand(this.#at(name));
    return (await this.#guard(this.client.send(command), 'NotFound')) !== null;
  }

  async remove(name: string): Promise<void> {
    await this.#guard(
      this.client.send(new this.sdk.DeleteObjectCommand(this.#at(name))),
      'NoSuchKey',
    );
  }

  close(): void {
    this.client.destroy();
  }

  #at(name: string): { Bucket: string; Key: string } {
    return { Bucket: this.bucket, Key: this.prefix + name };
  }

  /** null for an answer that is expected. */
  async #guard<T>(answer: Promise<T>, ...expected: string[]): Promise<T | null> {
    try {
      return await answer;
    } catch (cause) {
      const { name, message } = cause as S3ServiceException;
      if (expected.includes(name)) return null;
      const problem = `${name}: ${message}`.split('\n')[0];
      throw new XqgError('XQG_PARTS_STORAGE', { place: this.place, problem }, { cause });
    }
  }
}
