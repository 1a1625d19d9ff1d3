const BLOCK = 512;
const MODE = 0o755;
/** Where the tar format keeps a field of the header, and how long it is. */
const FIELDS = {
  name: 0,
  mode: 100,
  uid: 108,
  gid: 116,
  size: 124,
  time: 136,
  checksum: 148,
  kind: 156,
  magic: 257,
};
const PROGRAM = 'quayside-launcher';

export const DOOR_PROGRAM = `/${PROGRAM}`;

/** A tar archive of nothing but the launcher: a whole image, for it is static. */
export function doorImage(program: Buffer): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (at: number, digits: number, value: number): void => {
    header.write(`${value.toString(8).padStart(digits, '0')}\0`, at);
  };
  header.write(PROGRAM, FIELDS.name);
  octal(FIELDS.mode, 7, MODE);
  octal(FIELDS.uid, 7, 0);
  octal(FIELDS.gid, 7, 0);
  octal(FIELDS.size, 11, program.length);
  octal(FIELDS.time, 11, 0);
  header.write('0', FIELDS.kind);
  header.write('ustar\x0000', FIELDS.magic);
  header.fill(' ', FIELDS.checksum, FIELDS.checksum + 8);
  octal(
    FIELDS.checksum,
    6,
    header.reduce((sum, byte) => sum + byte, 0),
  );
  const padding = Buffer.alloc((BLOCK - (program.length % BLOCK)) % BLOCK);
  return Buffer.concat([header, program, padding, Buffer.alloc(2 * BLOCK)]);
}
