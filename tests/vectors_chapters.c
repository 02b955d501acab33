/* SPDX-License-Identifier: MIT
 *
 * Reading the golden vectors: which chapters there are, and whether each has
 * as many cases as it says.
 */
#include "client_vectors.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHAPTERS = 64, PATH_CAP = 1024, CASES_CAP = 80 };

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
         strcmp(name, "README.md") != 0 && is_of_clients == of_clients &&
         strncmp(name, "stream-", 7) != 0; /* test_extended.c reads these */
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

/* The line that the head of a chapter must have. */
static void write_cases(char line[CASES_CAP], const vectors *all,
                        const char *file) {
  size_t cases = 0, unjudged = 0;
  for (const vector *v = all->first; v != NULL; v = v->next) {
    cases += v->file == file;
    unjudged += v->file == file && v->unjudged != NULL;
  }
  if (unjudged == 0)
    snprintf(line, CASES_CAP, "Cases: %zu.", cases);
  else
    snprintf(line, CASES_CAP, "Cases: %zu, not judged: %zu.", cases, unjudged);
}

size_t vectors_miscounted(const vectors *all) {
  char line[CASES_CAP];
  size_t wrong = 0;
  for (const vector_chapter *c = all->chapters; c != NULL; c = c->next) {
    write_cases(line, all, c->file);
    if (c->cases != NULL && strcmp(c->cases, line) == 0)
      continue;
    fprintf(
        stderr, "%s: the line about its cases is %s%s%s; it has to be \"%s\"\n",
        c->file, c->cases == NULL ? "missing" : "\"",
        c->cases == NULL ? "" : c->cases, c->cases == NULL ? "" : "\"", line);
    wrong++;
  }
  return wrong;
}
