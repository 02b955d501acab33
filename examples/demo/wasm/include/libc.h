/* SPDX-License-Identifier: MIT
 *
 * What upshake-inspect uses of C's library and of POSIX, for WebAssembly.  The
 * other headers here include this one.
 */
#ifndef UPSHAKE_WASM_LIBC_H
#define UPSHAKE_WASM_LIBC_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* Memory and text. */
void *memcpy(void *to, const void *from, size_t len);
void *memmove(void *to, const void *from, size_t len);
void *memset(void *to, int byte, size_t len);
int memcmp(const void *a, const void *b, size_t len);
void *memchr(const void *bytes, int byte, size_t len);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t len);
char *strchr(const char *text, int byte);
char *strrchr(const char *text, int byte);
char *strncpy(char *to, const char *from, size_t len);
size_t strcspn(const char *text, const char *ends);
int tolower(int byte);

/* stdlib.h */
void *malloc(size_t len);
void free(void *memory);
_Noreturn void exit(int status);
char *getenv(const char *name);
void qsort(void *all, size_t len, size_t size,
           int (*compare)(const void *a, const void *b));

/* Files and output, none of which is buffered. */
#define EINTR 4
#define ENOENT 2
extern int errno;
char *strerror(int error);

typedef struct FILE {
  int number;
} FILE;
extern FILE libc_streams[3];
#define stdin (&libc_streams[0])
#define stdout (&libc_streams[1])
#define stderr (&libc_streams[2])
FILE *fopen(const char *name, const char *mode);
int fclose(FILE *file);
int fflush(FILE *file);
int ferror(FILE *file);
int fileno(FILE *file);
size_t fwrite(const void *bytes, size_t size, size_t count, FILE *file);
int fputs(const char *text, FILE *file);
int fputc(int byte, FILE *file);
int putc(int byte, FILE *file);
int putchar(int byte);
int puts(const char *text);
int printf(const char *format, ...);
int fprintf(FILE *file, const char *format, ...);
int snprintf(char *to, size_t cap, const char *format, ...);
int vsnprintf(char *to, size_t cap, const char *format, va_list arguments);

/* POSIX */
#define POLLIN 1
struct pollfd {
  int fd;
  short events, revents;
};
int poll(struct pollfd *polled, unsigned long len, int milliseconds);
long read(int file, void *to, size_t len);
int isatty(int file);

#endif
