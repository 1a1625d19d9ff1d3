/*
 * Hands secrets to a program that only reads its environment: reads a block of variables from a file or from the
 * standard input, puts them into the environment and becomes the program. So the values are nowhere in the
 * container's configuration, and this program leaves no process behind.
 *
 *   quayside-launcher --file PATH | --stdin  PROGRAM [ARGUMENT...]
 *   quayside-launcher --door PORT ADDRESS     see door.h
 *
 * The block: its length in bytes as decimal digits, a line feed, then NAME=value entries that each end with a zero
 * byte. It is read byte by byte up to that length and no further: the rest of the standard input is the program's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "door.h"

#define MAX_BLOCK_BYTES (1024 * 1024)
/* As a shell answers when a program cannot be run. */
#define CANNOT_RUN 126

static void fail(const char *what) {
  dprintf(2, "quayside-launcher: %s\n", what);
  _exit(CANNOT_RUN);
}

static void read_exactly(int source, char *target, size_t count) {
  while (count > 0) {
    ssize_t got = read(source, target, count);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) fail("the block of variables ended early");
    target += got;
    count -= (size_t)got;
  }
}

static size_t read_length(int source) {
  size_t length = 0;
  for (int digits = 0; digits <= 7; digits++) {
    char digit;
    read_exactly(source, &digit, 1);
    if (digit == '\n' && digits > 0) return length;
    if (digit < '0' || digit > '9') break;
    length = length * 10 + (size_t)(digit - '0');
  }
  fail("the length of the block is not a number");
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 4 && strcmp(argv[1], "--door") == 0) return keep_door(argv[2], argv[3]);
  int from_file = argc > 3 && strcmp(argv[1], "--file") == 0;
  int from_stdin = argc > 2 && strcmp(argv[1], "--stdin") == 0;
  if (!from_file && !from_stdin) fail("usage: --file PATH | --stdin PROGRAM [ARGUMENT...] | --door PORT ADDRESS");
  char **program = argv + (from_file ? 3 : 2);

  int source = from_file ? open(argv[2], O_RDONLY | O_CLOEXEC) : 0;
  if (source < 0) fail("the file of variables cannot be opened");
  size_t length = read_length(source);
  if (length > MAX_BLOCK_BYTES) fail("the block of variables is too large");
  char *block = malloc(length + 1);
  if (block == NULL) fail("out of memory");
  read_exactly(source, block, length);
  block[length] = '\0';
  if (from_file) close(source);

  /* putenv keeps the pointer, so the block is never freed; execvp looks the program up in the final PATH. */
  for (char *entry = block; entry < block + length; entry += strlen(entry) + 1)
    if (strchr(entry, '=') == NULL || putenv(entry) != 0) fail("an entry is not NAME=value");
  execvp(program[0], program);
  dprintf(2, "quayside-launcher: cannot run %s: %s\n", program[0], strerror(errno));
  return errno == ENOENT ? 127 : CANNOT_RUN;
}
