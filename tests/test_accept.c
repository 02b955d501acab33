/* SPDX-License-Identifier: MIT
 *
 * Sec-WebSocket-Accept: the published values, and every twin gives the same
 * for 10,000 keys.  The instructions of a processor run only where it has them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "accept/accept.h"
#include "accept/arm.h"
#include "accept/vector.h"
#include "accept/x86.h"
#include "check.h"

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#define KERNEL_SAYS 1
#endif

/* What a host can know: as the header says, more than the library on ARM. */
static int host_knows_better(void) {
#ifdef KERNEL_SAYS
  return (getauxval(AT_HWCAP) & HWCAP_SHA1) != 0;
#else
  return 0;
#endif
}

static upshake_hash *host_hash(void) {
  return upshake_cpu_hash(host_knows_better());
}

/* ---- Twins ----------------------------------------------------------------
 */

static void small(const char *key, char *accept) { accept_small(key, accept); }
static void fast(const char *key, char *accept) { accept_fast(key, accept); }
static void vector(const char *key, char *accept) {
#ifdef ACCEPT_VECTOR
  accept_vector(key, accept);
#else
  accept_fast(key, accept);
#endif
}
static void by_this_cpu(const char *key, char *accept) {
  upshake_hash *hash = host_hash();
  if (hash == NULL)
    hash = upshake_accept;
  hash(key, accept);
}

static upshake_hash *const twins[] = {small, fast, vector, upshake_accept,
                                      by_this_cpu};

static void assert_accept(const char *key, const char *accept) {
  char *copy = exact(key, 24);
  for (size_t k = 0; k < CHECK_LEN(twins); k++) {
    char *out = malloc(28);
    memset(out, 0, 28); /* not the value of the twin before */
    twins[k](copy, out);
    assert_memory_equal(out, accept, 28);
    free(out);
  }
  free(copy);
}

static void gives_the_published_values(void **state) {
  static const char rows[][2][29] = {
      /* RFC 6455 1.3; its erratum 3150: as printed, and as meant. */
      {"dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
      {"AQIDBAUGBwgJCgsMDQ4PEC==", "OfS0wDaT5NoxF2gqm7Zj2YtetzM="},
      {"AQIDBAUGBwgJCgsMDQ4PEA==", "C/0nmHhBztSRGR1CwL6Tf4ZjwpY="},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++)
    assert_accept(rows[i][0], rows[i][1]);
}

static uint32_t next_random(uint32_t *seed) { /* xorshift32 */
  *seed ^= *seed << 13;
  *seed ^= *seed >> 17;
  *seed ^= *seed << 5;
  return *seed;
}

/* Octets of all kinds: hashing does not ask whether a key is base64. */
static void all_twins_agree(void **state) {
  uint32_t seed = 6455;
  (void)state;
  for (size_t round = 0; round < 10000; round++) {
    char key[24], accept[28];
    for (size_t i = 0; i < 24; i++)
      key[i] = (char)(next_random(&seed) >> 16);
    accept_small(key, accept);
    assert_accept(key, accept);
  }
}

/* ---- The processor --------------------------------------------------------
 */

#ifdef CPU_X86_SHA
#if (defined(__clang__) && __clang_major__ >= 19) ||                           \
    (!defined(__clang__) && defined(__GNUC__) && __GNUC__ >= 11)
/* The compiler asks the processor in its own way. */
static int is_said_elsewhere(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("ssse3") && __builtin_cpu_supports("sha");
}
#else
/* The system lists what there is.  What it does not say is as the library says.
 */
static int is_said_elsewhere(void) {
  static char line[16384];
  int is_said = upshake_cpu_hash(0) != NULL;
  FILE *file = fopen("/proc/cpuinfo", "r");
  while (file != NULL && fgets(line, sizeof line, file) != NULL)
    if (strncmp(line, "flags", 5) == 0)
      is_said = strstr(line, " sha_ni") != NULL && strstr(line, " ssse3");
  if (file != NULL)
    fclose(file);
  return is_said;
}
#endif
#elif defined(CPU_ARM_SHA_EVERYWHERE) /* or nothing of this build would run */
static int is_said_elsewhere(void) { return 1; }
#else
static int is_said_elsewhere(void) { return 0; }
#endif

#if defined(CPU_X86_SHA) || defined(CPU_ARM_SHA)
#define HAS_CODE 1
#else
#define HAS_CODE 0
#endif

/* Neither more nor less than there is, and what is compiled in. */
static void says_what_the_processor_has(void **state) {
  (void)state;
  assert_int_equal(upshake_cpu_hash(0) != NULL, is_said_elsewhere());
  assert_true(upshake_cpu_hash(0) == upshake_cpu_hash(0));
#ifdef KERNEL_SAYS
  if (upshake_cpu_hash(0) != NULL)
    assert_true(host_knows_better());
#endif
  if (host_hash() == NULL)
    print_message("no SHA instructions here, or not in this build: "
                  "their twin was not run\n");
}

/* Who knows better is believed, but nothing can run that was not compiled. */
static void a_host_is_believed_where_there_is_code(void **state) {
  (void)state;
  assert_int_equal(upshake_cpu_hash(1) != NULL, HAS_CODE);
  if (upshake_cpu_hash(0) != NULL)
    assert_true(upshake_cpu_hash(1) == upshake_cpu_hash(0));
}

/* ---- The handshake --------------------------------------------------------
 */

static void a_reply_has_the_same_value(void **state) {
  static const upshake_protocol websocket = UPSHAKE_WEBSOCKET;
  static const upshake_config config = {&websocket, 1, .decide = NULL};
  upshake_hash *const hashes[] = {NULL, host_hash(), upshake_accept, small};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(hashes); i++) {
    char memory[512], out[UPSHAKE_REPLY_CAP + 1];
    size_t used, len;
    upshake hs;
    assert_int_equal(upshake_init(&hs, &config, memory, sizeof memory, NULL),
                     UPSHAKE_OK);
    assert_int_equal(upshake_set_hash(&hs, hashes[i]), UPSHAKE_OK);
    assert_int_equal(
        upshake_feed(&hs, CHECK_REQUEST, strlen(CHECK_REQUEST), &used),
        UPSHAKE_SEND);
    assert_int_equal(upshake_reply(&hs, out, sizeof out - 1, &len), UPSHAKE_OK);
    out[len] = 0;
    assert_non_null(strstr(out, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gives_the_published_values),
      cmocka_unit_test(all_twins_agree),
      cmocka_unit_test(says_what_the_processor_has),
      cmocka_unit_test(a_host_is_believed_where_there_is_code),
      cmocka_unit_test(a_reply_has_the_same_value),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
