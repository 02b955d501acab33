/* SPDX-License-Identifier: MIT
 *
 * The readers of forms of upshake-inspect, over the files of tests/forms with
 * some bytes changed, removed or repeated: nothing is read beyond the bytes.
 *
 * usage: upshake-test-forms FILE...
 */
#include <stdio.h>

#include "fuzz/forms.h"

enum { MUTATIONS = 100, LEN_MAX = 1 << 16 };

static unsigned long long state = 17;

/* A number below `end`, by a linear congruence (Knuth's MMIX). */
static size_t next_number(size_t end) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (size_t)(state >> 33) % end;
}

/* What breaks readers: ends of lines, quotation marks, brackets, lengths. */
static char next_byte(void) {
  static const char usual[] = "\n\r\t \"'\\{}[]:,>< 0x9=^$\0\xff\x80";
  size_t at = next_number(2 * sizeof usual);
  return at < sizeof usual ? usual[at] : (char)next_number(256);
}

static size_t mutate(char *bytes, size_t len) {
  size_t at = next_number(len), count = 1 + next_number(8);
  switch (next_number(5)) {
  case 0: /* cut off */
    return at;
  case 1: /* removed */
    count = count < len - at ? count : len - at;
    memmove(bytes + at, bytes + at + count, len - at - count);
    return len - count;
  case 2: /* repeated */
    count = len - at < LEN_MAX - len ? len - at : LEN_MAX - len;
    memmove(bytes + at + count, bytes + at, len - at);
    return len + count;
  default:
    while (count-- > 0)
      bytes[next_number(len)] = next_byte();
    return len;
  }
}

static void mutate_often(const char *original, size_t len) {
  static char bytes[LEN_MAX];
  for (int i = 0; i < MUTATIONS; i++) {
    size_t now = len;
    memcpy(bytes, original, len);
    for (size_t times = 1 + next_number(3); times > 0 && now > 0; times--)
      now = mutate(bytes, now);
    read_all_forms(bytes, now);
  }
}

int main(int argc, char **argv) {
  static char bytes[LEN_MAX];
  for (int i = 1; i < argc; i++) {
    FILE *file = fopen(argv[i], "rb");
    if (file == NULL) {
      perror(argv[i]);
      return EXIT_FAILURE;
    }
    size_t len = fread(bytes, 1, sizeof bytes / 2, file);
    fclose(file);
    read_all_forms(bytes, len);
    mutate_often(bytes, len);
  }
  printf("%d files, each changed %d times\n", argc - 1, (int)MUTATIONS);
  return argc > 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
