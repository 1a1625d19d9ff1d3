import { createHash, createHmac } from 'node:crypto';

export const sha256 = (data: Buffer | string): Buffer => createHash('sha256').update(data).digest();

export const hmac = (key: Buffer, data: Buffer | string): Buffer =>
  createHmac('sha256', key).update(data).digest();
