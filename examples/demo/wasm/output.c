/* SPDX-License-Identifier: MIT
 *
 * Files and output for WebAssembly: see include/libc.h.  Bytes go to and come
 * from the program around this one, inspect.js, which has them in memory.
 */
#include "libc.h"

#define IMPORT(name) __attribute__((import_module("page"), import_name(name)))

/* Each has the meaning of POSIX.  open_file returns -1 if there is no such
 * file.  end_run does not return. */
IMPORT("open") int open_file(const char *name, size_t len);
IMPORT("read") long read_bytes(int file, void *to, size_t len);
IMPORT("write") void write_bytes(int file, const void *bytes, size_t len);
IMPORT("exit") _Noreturn void end_run(int status);

FILE libc_streams[3] = {{0}, {1}, {2}};
int errno;

/* ---- Files --------------------------------------------------------------- */

FILE *fopen(const char *name, const char *mode) {
  (void)mode;
  int number = open_file(name, strlen(name));
  FILE *opened = number < 0 ? NULL : malloc(sizeof *opened);
  if (opened == NULL)
    errno = ENOENT;
  else
    opened->number = number;
  return opened;
}

int fclose(FILE *file) {
  free(file);
  return 0;
}

long read(int file, void *to, size_t len) { return read_bytes(file, to, len); }
_Noreturn void exit(int status) { end_run(status); }
int fileno(FILE *file) { return file->number; }

/* The only error there is. */
char *strerror(int error) {
  (void)error;
  return "No such file or directory";
}

/* All input is there. */
int poll(struct pollfd *polled, unsigned long len, int milliseconds) {
  (void)polled, (void)milliseconds;
  return (int)len;
}

int isatty(int file) { return file < 0; }
char *getenv(const char *name) { return *name == '\0' ? "" : NULL; }

/* ---- Output -------------------------------------------------------------- */

int fflush(FILE *file) { return file == NULL; }
int ferror(FILE *file) { return file == NULL; }

size_t fwrite(const void *bytes, size_t size, size_t count, FILE *file) {
  write_bytes(file->number, bytes, size * count);
  return count;
}

int fputs(const char *text, FILE *file) {
  return (int)fwrite(text, 1, strlen(text), file);
}

int fputc(int byte, FILE *file) {
  char one = (char)byte;
  return (int)fwrite(&one, 1, 1, file);
}

int putc(int byte, FILE *file) { return fputc(byte, file); }
int putchar(int byte) { return fputc(byte, stdout); }
int puts(const char *text) { return fputs(text, stdout) + putchar('\n'); }

/* ---- Formats ------------------------------------------------------------- */

/* Where formatted text goes: to a file, or to memory of `cap` bytes. */
typedef struct sink {
  FILE *file;
  char *to;
  size_t cap, len;
} sink;

static void put_bytes(sink *out, const char *bytes, size_t len) {
  if (out->file != NULL)
    fwrite(bytes, 1, len, out->file);
  for (size_t i = 0; i < len && out->len + i < out->cap; i++)
    out->to[out->len + i] = bytes[i];
  out->len += len;
}

/* One conversion: "%-12s" has a width of 12. */
typedef struct conversion {
  int is_left, longs;
  char padding;
  size_t width, most;
} conversion;

static void put_padded(sink *out, const conversion *how, const char *text,
                       size_t len) {
  size_t padding = how->width > len ? how->width - len : 0;
  for (size_t i = 0; i < padding && !how->is_left; i++)
    put_bytes(out, &how->padding, 1);
  put_bytes(out, text, len);
  for (size_t i = 0; i < padding && how->is_left; i++)
    put_bytes(out, " ", 1);
}

static void put_number(sink *out, const conversion *how, uint64_t number,
                       unsigned base, const char *digits) {
  char text[24];
  size_t at = sizeof text;
  do {
    text[--at] = digits[number % base];
    number /= base;
  } while (number > 0);
  put_padded(out, how, text + at, sizeof text - at);
}

static void put_text(sink *out, const conversion *how, const char *text) {
  size_t len = 0;
  while (len < how->most && text[len] != '\0')
    len++;
  put_padded(out, how, text, len);
}

/* Width and precision: digits, or "*" for an argument. */
static size_t read_size(const char **format, va_list *arguments) {
  size_t size = 0;
  if (**format == '*') {
    ++*format;
    return (size_t)va_arg(*arguments, int);
  }
  for (; **format >= '0' && **format <= '9'; ++*format)
    size = size * 10 + (size_t)(**format - '0');
  return size;
}

/* Flags, width, precision and size; a `long` has the size of an `int`. */
static conversion read_conversion(const char **format, va_list *arguments) {
  conversion how = {0, 0, ' ', 0, SIZE_MAX};
  if (**format == '-')
    how.is_left = 1, ++*format;
  if (**format == '0')
    how.padding = *(*format)++;
  how.width = read_size(format, arguments);
  if (**format == '.') {
    ++*format;
    how.most = read_size(format, arguments);
  }
  for (; **format == 'l'; ++*format)
    how.longs++;
  if (**format == 'z')
    ++*format;
  return how;
}

static uint64_t next_number(const conversion *how, va_list *arguments) {
  return how->longs > 1 ? va_arg(*arguments, unsigned long long)
                        : va_arg(*arguments, unsigned);
}

/* A negative number is not needed.  What is not known here ends the run, and
 * tests/page/wasm.js looks for such formats in the sources. */
static void convert(sink *out, char letter, const conversion *how,
                    va_list *arguments) {
  char byte;
  switch (letter) {
  case 's':
    put_text(out, how, va_arg(*arguments, const char *));
    return;
  case 'd':
  case 'u':
    put_number(out, how, next_number(how, arguments), 10, "0123456789");
    return;
  case 'x':
    put_number(out, how, next_number(how, arguments), 16, "0123456789abcdef");
    return;
  case 'X':
    put_number(out, how, next_number(how, arguments), 16, "0123456789ABCDEF");
    return;
  case 'c':
    byte = (char)va_arg(*arguments, int);
    put_bytes(out, &byte, 1);
    return;
  case '%':
    put_bytes(out, "%", 1);
    return;
  default:
    __builtin_trap();
  }
}

static int put_format(sink *out, const char *format, va_list arguments) {
  va_list rest;
  va_copy(rest, arguments);
  while (*format != '\0') {
    size_t plain = strcspn(format, "%");
    put_bytes(out, format, plain);
    format += plain;
    if (*format == '\0')
      break;
    format++;
    conversion how = read_conversion(&format, &rest);
    convert(out, *format++, &how, &rest);
  }
  va_end(rest);
  return (int)out->len;
}

int vsnprintf(char *to, size_t cap, const char *format, va_list arguments) {
  sink out = {NULL, to, cap > 0 ? cap - 1 : 0, 0};
  int len = put_format(&out, format, arguments);
  if (cap > 0)
    to[out.len < out.cap ? out.len : out.cap] = '\0';
  return len;
}

int snprintf(char *to, size_t cap, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int len = vsnprintf(to, cap, format, arguments);
  va_end(arguments);
  return len;
}

static int print_format(FILE *file, const char *format, va_list arguments) {
  sink out = {file, NULL, 0, 0};
  return put_format(&out, format, arguments);
}

int fprintf(FILE *file, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int len = print_format(file, format, arguments);
  va_end(arguments);
  return len;
}

int printf(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int len = print_format(stdout, format, arguments);
  va_end(arguments);
  return len;
}
