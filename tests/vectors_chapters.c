/* SPDX-License-Identifier: MIT
 *
 * Reading the golden vectors: which chapters there are.
 */
#include "client_vectors.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHAPTERS = 64, PATH_CAP = 1024 };

static int compare_names(const void *a, const void *b) {
  const char *one, *two;
  memcpy(&one, a, sizeof one);
  memcpy(&two, b, sizeof two);
  return strcmp(one, two);
}

static int is_chapter(const char *name, int of_clients) {
  size_t len = strlen(name);
  int is_of_clients = strncmp(name, "client-", 7) == 0;
  return len > 3 && strcmp(name + len - 3, ".md") == 0 &&
         strcmp(name, "README.md") != 0 && is_of_clients == of_clients;
}

/* How many; more than there is room for is a mistake here. */
static size_t find_chapters(vectors *all, int of_clients,
                            const char *paths[CHAPTERS]) {
  char path[PATH_CAP];
  size_t len = 0;
  DIR *folder = opendir(UPSHAKE_VECTORS_DIR);
  if (folder == NULL)
    return 0;
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
    if (is_chapter(entry->d_name, of_clients)) {
      if (len == CHAPTERS)
        abort();
      snprintf(path, sizeof path, UPSHAKE_VECTORS_DIR "/%s", entry->d_name);
      paths[len++] = vectors_keep(all, path, strlen(path) + 1);
    }
  closedir(folder);
  return len;
}

int vectors_read_chapters(vectors *all, int of_clients) {
  const char *paths[CHAPTERS];
  size_t len = find_chapters(all, of_clients, paths);
  qsort(paths, len, sizeof *paths, compare_names);
  for (size_t i = 0; i < len; i++)
    if (!(of_clients ? client_vectors_read : vectors_read)(all, paths[i]))
      return 0;
  return len > 0;
}
