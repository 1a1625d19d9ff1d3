// A registry in a few lines, on the loopback of the engine's network: it has one small image, refuses one, holds one
// back, and knows no other. Run with `--serve FOLDER`; writes `registry-ready` there once it listens.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

export const REGISTRY_PORT = 5000;
export const REGISTRY = `127.0.0.1:${REGISTRY_PORT}`;
/** What tests may ask for. */
export const REGISTRY_IMAGES = {
  present: `${REGISTRY}/quayside-test/tiny:latest`,
  unknown: `${REGISTRY}/quayside-test/no-such-image:latest`,
  denied: `${REGISTRY}/quayside-test/denied:latest`,
  /** Never answers the question for its manifest. */
  stalled: `${REGISTRY}/quayside-test/stalled:latest`,
};

const digestOf = (bytes) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

/** The blobs and the manifest of an image with one file. */
function tinyImage() {
  const layer = tarOf('hello.txt', Buffer.from('hello\n'));
  const packed = gzipSync(layer);
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: { Cmd: ['/hello.txt'], Labels: { 'quayside.test': 'true' } },
      rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
      history: [{ created: '2026-01-01T00:00:00Z' }],
      created: '2026-01-01T00:00:00Z',
    }),
  );
  const part = (mediaType, bytes) => ({ mediaType, size: bytes.length, digest: digestOf(bytes) });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: part('application/vnd.docker.container.image.v1+json', config),
      layers: [part('application/vnd.docker.image.rootfs.diff.tar.gzip', packed)],
    }),
  );
  return { manifest, blobs: new Map([config, packed].map((bytes) => [digestOf(bytes), bytes])) };
}

/** A tar archive of one file: a header of 512 bytes, the content, two empty blocks. */
function tarOf(name, content) {
  const header = Buffer.alloc(512);
  const octal = (value, digits) => value.toString(8).padStart(digits, '0');
  header.write(name, 0);
  header.write(
    `${octal(0o644, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0${octal(content.length, 11)}\0${octal(0, 11)}\0`,
    100,
  );
  header.write('        0', 148);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\0 `, 148);
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([header, content, padding, Buffer.alloc(1024)]);
}

function serve(folder) {
  const { manifest, blobs } = tinyImage();
  const refuse = (response, status, code, message) => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ errors: [{ code, message }] }));
  };
  const give = (request, response, bytes, type) => {
    response.writeHead(200, {
      'Content-Type': type,
      'Content-Length': bytes.length,
      'Docker-Content-Digest': digestOf(bytes),
    });
    response.end(request.method === 'HEAD' ? undefined : bytes);
  };
  const server = createServer((request, response) => {
    response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0');
    const [, name, kind, reference] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/?]+)/.exec(request.url) ?? [];
    if (name === undefined) return void response.end('{}');
    if (name.endsWith('/denied'))
      return refuse(response, 403, 'DENIED', 'requested access to the resource is denied');
    if (name.endsWith('/stalled')) return undefined;
    if (!name.endsWith('/tiny')) return refuse(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown');
    if (kind === 'manifests') return give(request, response, manifest, MANIFEST);
    const blob = blobs.get(reference);
    if (blob === undefined) return refuse(response, 404, 'BLOB_UNKNOWN', 'blob unknown to registry');
    return give(request, response, blob, 'application/octet-stream');
  });
  server.listen(REGISTRY_PORT, '127.0.0.1', () => writeFileSync(join(folder, 'registry-ready'), ''));
}

const [, , option, folder] = process.argv;
if (option === '--serve') serve(folder);
