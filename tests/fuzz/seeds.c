/* SPDX-License-Identifier: MIT
 *
 * Writes the requests of the golden vectors as a corpus for the fuzzer: one
 * file for each case, numbered in the order of the vectors.  The fuzz harness
 * takes an input that begins as a request does as it is.
 *
 * usage: seeds DIRECTORY FILE.md...
 */
#include <stdio.h>
#include <stdlib.h>

#include "vectors.h"

static int write_seed(const char *directory, size_t number,
                      upshake_slice octets) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%04zu", directory, number);
  FILE *file = fopen(path, "wb");
  if (file == NULL)
    return 0;
  size_t written = fwrite(octets.ptr, 1, octets.len, file);
  return fclose(file) == 0 && written == octets.len;
}

int main(int argc, char **argv) {
  vectors all = {0};
  for (int i = 2; i < argc; i++)
    if (!vectors_read(&all, argv[i])) {
      perror(argv[i]);
      return EXIT_FAILURE;
    }

  size_t number = 0;
  for (const vector *one = all.first; one != NULL; one = one->next)
    if (!write_seed(argv[1], number++, one->octets)) {
      perror(argv[1]);
      return EXIT_FAILURE;
    }

  printf("%zu seeds\n", number);
  vectors_free(&all);
  return number > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
