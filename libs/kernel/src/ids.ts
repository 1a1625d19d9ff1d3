import { randomUUID } from 'node:crypto';

export const newId = (): string => randomUUID();

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const isUuid = (text: string): boolean => UUID.test(text);

/** The first 12 hexadecimal digits of an id: enough for names of containers and networks, short enough to read. */
export const shortId = (id: string): string => id.replaceAll('-', '').slice(0, 12);
