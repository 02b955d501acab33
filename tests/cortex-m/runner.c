/* SPDX-License-Identifier: MIT
 *
 * The functions of libc that those who read and run the vectors need, beyond
 * the library's six.
 */
#include "heap.h"
#include "machine.h"

#include <cmocka.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Strings ------------------------------------------------------------ */

int strncmp(const char *a, const char *b, size_t len) {
  for (; len > 0; len--, a++, b++)
    if (*a != *b || *a == 0)
      return (unsigned char)*a - (unsigned char)*b;
  return 0;
}

int strcmp(const char *a, const char *b) { return strncmp(a, b, SIZE_MAX); }

char *strchr(const char *string, int octet) {
  return memchr(string, octet, strlen(string) + 1);
}

char *strstr(const char *string, const char *part) {
  size_t len = strlen(part);
  for (; *string != 0; string++)
    if (strncmp(string, part, len) == 0)
      return strchr(string, *string);
  return NULL;
}

static size_t span(const char *string, const char *set, int is_in) {
  size_t len = 0;
  while (string[len] != 0 && (strchr(set, string[len]) != NULL) == is_in)
    len++;
  return len;
}

size_t strspn(const char *string, const char *set) {
  return span(string, set, 1);
}

size_t strcspn(const char *string, const char *set) {
  return span(string, set, 0);
}

unsigned long strtoul(const char *string, char **end, int base) {
  unsigned long number = 0;
  for (; *string >= '0' && *string <= '9'; string++)
    number = number * (unsigned long)base + (unsigned long)(*string - '0');
  *end = strchr(string, *string);
  return number;
}

long strtol(const char *string, char **end, int base) {
  return (long)strtoul(string, end, base);
}

_Noreturn void abort(void) {
  say("FAIL aborted\n");
  leave(2);
}

/* ---- Memory ------------------------------------------------------------- */

/* Blocks lie one after the other, from heap_begin to heap_end. */
typedef struct block {
  size_t len; /* of what is after this; a multiple of 8 */
  size_t is_used;
} block;

extern unsigned char heap_begin[], heap_end[]; /* of the linker script */
static block *lowest;                          /* none before it is free */
void *heap_is_full[5];

static block *after(block *at) {
  return (block *)(void *)((unsigned char *)(at + 1) + at->len);
}

static int is_end(const block *at) {
  return (const unsigned char *)(at + 1) >= heap_end;
}

void heap_begin_again(void) {
  lowest = (block *)(void *)heap_begin;
  lowest->len = (size_t)(heap_end - heap_begin) / 8 * 8 - 2 * sizeof *lowest;
  lowest->is_used = 0;
}

/* Free neighbours are one block. */
static void join(block *at) {
  for (block *next = after(at); !is_end(next) && !next->is_used;
       next = after(at))
    at->len += sizeof *at + next->len;
}

static void split(block *at, size_t len) {
  if (at->len < len + 2 * sizeof *at)
    return;
  block *rest = (block *)(void *)((unsigned char *)(at + 1) + len);
  rest->len = at->len - len - sizeof *rest;
  rest->is_used = 0;
  at->len = len;
}

void *malloc(size_t len) {
  if (lowest == NULL)
    heap_begin_again();
  len = (len + 8) / 8 * 8;
  while (!is_end(lowest) && lowest->is_used)
    lowest = after(lowest);
  for (block *at = lowest; !is_end(at); at = after(at)) {
    if (at->is_used)
      continue;
    join(at);
    if (at->len < len)
      continue;
    split(at, len);
    at->is_used = 1;
    return at + 1;
  }
  __builtin_longjmp(heap_is_full, 1);
}

/* What was there is gone: nobody is to read it any more. */
void free(void *memory) {
  if (memory == NULL)
    return;
  block *at = (block *)memory - 1;
  memset(memory, 0xdd, at->len);
  at->is_used = 0;
  if (at < lowest)
    lowest = at;
}

void *calloc(size_t len, size_t size) {
  void *memory = malloc(len * size);
  return memory == NULL ? NULL : memset(memory, 0, len * size);
}

void *realloc(void *memory, size_t len) {
  size_t had = memory == NULL ? 0 : ((block *)memory - 1)->len;
  void *larger = malloc(len);
  if (larger != NULL && had > 0)
    memcpy(larger, memory, had < len ? had : len);
  if (larger != NULL)
    free(memory);
  return larger;
}

/* ---- Text --------------------------------------------------------------- */

/* A place to write to, which counts what has no room; or one that is said and
 * empty again when it is full. */
typedef struct sink {
  char *out;
  size_t cap, len;
  int is_said;
} sink;

static void put(sink *s, char octet) {
  if (s->is_said && s->len + 1 == s->cap) {
    s->out[s->len] = 0;
    say(s->out);
    s->len = 0;
  }
  if (s->len + 1 < s->cap)
    s->out[s->len] = octet;
  s->len++;
}

static void put_number(sink *s, unsigned long long number, unsigned base,
                       size_t width) {
  char digits[24];
  size_t len = 0;
  do
    digits[len++] = "0123456789abcdef"[number % base];
  while ((number /= base) > 0);
  for (size_t i = len; i < width; i++)
    put(s, '0');
  while (len > 0)
    put(s, digits[--len]);
}

/* [0WIDTH] [.PRECISION] [z|ll] c d s u x: no other is used. */
static void format_into(sink *s, const char *format, va_list *arguments) {
  char *at;
  size_t width = strtoul(format, &at, 10), most = SIZE_MAX;
  if (*at == '.')
    most = strtoul(at + 1, &at, 10);
  size_t len = strspn(at, "zl");
  if (at[len] == 'c')
    put(s, (char)va_arg(*arguments, int));
  else if (at[len] != 's')
    put_number(s,
               len == 2 ? va_arg(*arguments, unsigned long long)
                        : va_arg(*arguments, unsigned),
               at[len] == 'x' ? 16 : 10, width);
  else
    for (const char *text = va_arg(*arguments, const char *);
         *text != 0 && most-- > 0; text++)
      put(s, *text);
}

static int format_all(sink *s, const char *format, va_list arguments) {
  va_list copied;
  va_copy(copied, arguments);
  for (; *format != 0; format++)
    if (*format != '%')
      put(s, *format);
    else {
      format_into(s, format + 1, &copied);
      format += strcspn(format, "cdsux");
    }
  va_end(copied);
  s->out[s->len < s->cap ? s->len : s->cap - 1] = 0;
  return (int)s->len;
}

int snprintf(char *out, size_t cap, const char *format, ...) {
  sink s = {out, cap, 0, 0};
  va_list arguments;
  va_start(arguments, format);
  int len = format_all(&s, format, arguments);
  va_end(arguments);
  return len;
}

int sprintf(char *out, const char *format, ...) {
  sink s = {out, SIZE_MAX, 0, 0};
  va_list arguments;
  va_start(arguments, format);
  int len = format_all(&s, format, arguments);
  va_end(arguments);
  return len;
}

void print_error(const char *format, ...) {
  static char line[64];
  sink s = {line, sizeof line, 0, 1};
  va_list arguments;
  va_start(arguments, format);
  format_all(&s, format, arguments);
  va_end(arguments);
  say(line);
}

/* ---- Files -------------------------------------------------------------- */

struct file {
  int handle;
  size_t at, len;
  unsigned char octets[64];
};

FILE *fopen(const char *path, const char *mode) {
  int handle = host_open(path);
  (void)mode;
  FILE *file = handle < 0 ? NULL : calloc(1, sizeof *file);
  if (file != NULL)
    file->handle = handle;
  return file;
}

int fgetc(FILE *file) {
  if (file->at == file->len) {
    file->at = 0;
    file->len = host_read(file->handle, file->octets, sizeof file->octets);
  }
  return file->len == 0 ? EOF : file->octets[file->at++];
}

int fclose(FILE *file) {
  int status = host_close(file->handle);
  free(file);
  return status;
}
