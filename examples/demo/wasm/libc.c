/* SPDX-License-Identifier: MIT
 *
 * Memory and text for WebAssembly, as far as upshake-inspect uses them: see
 * include/libc.h.
 */
#include "libc.h"

/* ---- Bytes --------------------------------------------------------------- */

/* Instructions of WebAssembly: -mbulk-memory. */
void *memcpy(void *to, const void *from, size_t len) {
  return __builtin_memcpy(to, from, len);
}

void *memmove(void *to, const void *from, size_t len) {
  return __builtin_memmove(to, from, len);
}

void *memset(void *to, int byte, size_t len) {
  return __builtin_memset(to, byte, len);
}

int memcmp(const void *a_, const void *b_, size_t len) {
  const unsigned char *a = a_, *b = b_;
  for (size_t i = 0; i < len; i++)
    if (a[i] != b[i])
      return a[i] - b[i];
  return 0;
}

void *memchr(const void *bytes_, int byte, size_t len) {
  const unsigned char *bytes = bytes_;
  for (size_t i = 0; i < len; i++)
    if (bytes[i] == (unsigned char)byte)
      return (void *)(bytes + i);
  return NULL;
}

/* ---- Text ---------------------------------------------------------------- */

size_t strlen(const char *text) {
  size_t len = 0;
  while (text[len] != '\0')
    len++;
  return len;
}

int strcmp(const char *a, const char *b) {
  while (*a != '\0' && *a == *b)
    a++, b++;
  return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t len) {
  for (size_t i = 0; i < len; i++)
    if (a[i] != b[i] || a[i] == '\0')
      return (unsigned char)a[i] - (unsigned char)b[i];
  return 0;
}

char *strchr(const char *text, int byte) {
  return memchr(text, byte, strlen(text) + 1);
}

char *strrchr(const char *text, int byte) {
  for (size_t i = strlen(text) + 1; i-- > 0;)
    if (text[i] == (char)byte)
      return (char *)text + i;
  return NULL;
}

char *strncpy(char *to, const char *from, size_t len) {
  size_t i = 0;
  for (; i < len && from[i] != '\0'; i++)
    to[i] = from[i];
  memset(to + i, 0, len - i);
  return to;
}

size_t strcspn(const char *text, const char *ends) {
  size_t len = 0;
  while (text[len] != '\0' && strchr(ends, text[len]) == NULL)
    len++;
  return len;
}

int tolower(int byte) {
  return byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte;
}

/* ---- Memory -------------------------------------------------------------- */

/* A block has 2^n bytes.  Its first ones say so; the memory behind them is what
 * malloc returns.  A block that was freed waits for the next one of its size.
 * Nothing goes back, because each run has a memory of its own. */
typedef struct block {
  uint32_t order;
  struct block *next;
} block;

enum { ORDER_MIN = 5, ORDERS = 32, WASM_PAGE = 65536 };

extern char __heap_base; /* the linker says where free memory begins */
static block *waiting[ORDERS];
static uintptr_t top;

/* Takes memory from the end, and more pages if it needs them. */
static block *take_new(uint32_t order) {
  uintptr_t begin = top != 0 ? top : (uintptr_t)&__heap_base;
  begin = (begin + 15) & ~(uintptr_t)15;
  uint64_t end = (uint64_t)begin + ((uint64_t)1 << order);
  uint64_t have = (uint64_t)__builtin_wasm_memory_size(0) * WASM_PAGE;
  if (end > have) {
    uint64_t pages = (end - have + WASM_PAGE - 1) / WASM_PAGE;
    if (__builtin_wasm_memory_grow(0, (size_t)pages) == SIZE_MAX)
      return NULL;
  }
  top = (uintptr_t)end;
  return (block *)begin;
}

void *malloc(size_t len) {
  uint32_t order = ORDER_MIN;
  while (order < ORDERS && len > ((size_t)1 << order) - sizeof(block))
    order++;
  if (order == ORDERS)
    return NULL;
  block *found = waiting[order];
  if (found != NULL)
    waiting[order] = found->next;
  else
    found = take_new(order);
  if (found == NULL)
    return NULL;
  found->order = order;
  return found + 1;
}

void free(void *memory) {
  if (memory == NULL)
    return;
  block *freed = (block *)memory - 1;
  freed->next = waiting[freed->order];
  waiting[freed->order] = freed;
}

/* ---- Order --------------------------------------------------------------- */

static void swap(char *a, char *b, size_t size) {
  for (; size > 0; size--, a++, b++) {
    char kept = *a;
    *a = *b;
    *b = kept;
  }
}

/* Shell's sort: no memory, and short. */
void qsort(void *all, size_t len, size_t size,
           int (*compare)(const void *a, const void *b)) {
  for (size_t gap = len / 2; gap > 0; gap /= 2)
    for (size_t i = gap; i < len; i++) {
      char *at = (char *)all + i * size;
      for (size_t left = i; left >= gap; left -= gap, at -= gap * size) {
        if (compare(at - gap * size, at) <= 0)
          break;
        swap(at - gap * size, at, size);
      }
    }
}
