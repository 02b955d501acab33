/* SPDX-License-Identifier: MIT
 *
 * upshake, layer "text": slices, fields, lists.  It is usable alone, on any
 * bytes. */
#ifndef UPSHAKE_TEXT_H
#define UPSHAKE_TEXT_H
/* clang-format off: what belongs together stands on one line */
/* An int has at least 32 bits: with 16 the library would be wrong. */
#ifndef __INT_MAX__ /* a compiler that is neither gcc nor clang */
typedef char upshake_needs_an_int_of_32_bits[sizeof(int) < 4 ? -1 : 1];
#elif __INT_MAX__ < 0x7FFFFFFF
#error "upshake needs an int of at least 32 bits"
#endif

#include <stddef.h>
#include <stdint.h>

/* How public functions are linked.  UPSHAKE_BUILD is defined by the sources of
 * the library, the other names by you: see the table of switches in the
 * README. */
#ifdef UPSHAKE_API /* defined by the application */
#elif defined(UPSHAKE_STATIC) && defined(__GNUC__)
#define UPSHAKE_API static __attribute__((unused))
#elif defined(UPSHAKE_STATIC)
#define UPSHAKE_API static
#elif defined(_WIN32) && defined(UPSHAKE_BUILD) && defined(UPSHAKE_EXPORT)
#define UPSHAKE_API __declspec(dllexport)
#elif defined(_WIN32) && defined(UPSHAKE_SHARED) && !defined(UPSHAKE_BUILD)
#define UPSHAKE_API __declspec(dllimport)
#define UPSHAKE_API_CONSTANT
#elif defined(_WIN32) || !defined(__GNUC__) || !defined(UPSHAKE_BUILD)
#define UPSHAKE_API
#elif defined(UPSHAKE_EXPORT)
#define UPSHAKE_API __attribute__((visibility("default")))
#else
#define UPSHAKE_API __attribute__((visibility("hidden")))
#endif
/* For a function that a constant table may name: in C++ the address of a
 * function of dllimport is not constant. */
#ifndef UPSHAKE_API_CONSTANT
#define UPSHAKE_API_CONSTANT UPSHAKE_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes in memory that somebody else owns, without a NUL behind them.  A value
 * that is absent has ptr NULL.  An empty value has len 0 and another ptr. */
typedef struct upshake_slice { const char *ptr; size_t len; } upshake_slice;

/* A string literal as the initializer of a slice: { UPSHAKE_TEXT("a") }. */
#define UPSHAKE_TEXT(literal) ("" literal), (sizeof(literal) - 1)

/* A field line: its name, and its value without the blanks around it. */
typedef struct upshake_field { upshake_slice name, value; } upshake_field;

/* The field lines of a head: `raw` as they were received, then `array`.  Either
 * part may be absent.  A handshake gives `raw`.  A host with its own parser
 * gives its fields as an array, or one by one. */
typedef struct upshake_fields {
  upshake_slice raw;
  const upshake_field *array; size_t array_len;
} upshake_fields;

/* The slice of a C string (NULL: absent).  The fields of an array. */
UPSHAKE_API upshake_slice upshake_text(const char *text);
UPSHAKE_API upshake_fields upshake_array(const upshake_field *array,
    size_t len);

/* Copy the slice to `out` and write a NUL behind it; an absent slice becomes
 * "".  Returns out; or NULL, and nothing was written, if slice.len + 1 is more
 * than cap.  A NUL inside of the slice is copied: a field's value has none. */
UPSHAKE_API char *upshake_copy(upshake_slice slice, char *out, size_t cap);

/* Comparing: 1 if equal, else 0.  _fold ignores the case of ASCII letters. */
UPSHAKE_API int upshake_equal(upshake_slice slice, const char *text);
UPSHAKE_API int upshake_equal_fold(upshake_slice slice, const char *text);
UPSHAKE_API int upshake_same(upshake_slice a, upshake_slice b);
UPSHAKE_API int upshake_same_fold(upshake_slice a, upshake_slice b);
/* 1 if the slice is a token (RFC 9110 5.6.2), else 0. */
UPSHAKE_API int upshake_is_token(upshake_slice slice);

/* Take the next field line off *fields.  Returns 1; or 0 at the end, or if a
 * raw line is malformed.  Works on any bytes. */
UPSHAKE_API int upshake_next_field(upshake_fields *fields,
    upshake_field *field);
/* The value of the first field with this name, in any case; or absent. */
UPSHAKE_API upshake_slice upshake_find_field(upshake_fields fields,
    const char *name);

/* ---- Lists (RFC 9110 5.6.1) --------------------------------------------- */
/* Walks the members of all lines with one name: several lines are one list.
 *     upshake_list list = upshake_begin_list(fields, "Upgrade");
 *     while (upshake_next_member(&list, &member)) ...
 * To walk a list in one value, start from { value } and all other members 0. */
typedef struct upshake_list {
  upshake_slice value; upshake_fields fields; const char *name;
} upshake_list;
UPSHAKE_API upshake_list upshake_begin_list(upshake_fields fields,
    const char *name);

/* The next member that is not empty, without the blanks around it.  A comma in
 * a quoted-string does not end a member; a quoted-string without its end runs
 * to the end of its line.  Returns 1, or 0 at the end. */
UPSHAKE_API int upshake_next_member(upshake_list *list, upshake_slice *member);

/* Take a member apart: token *( ";" token [ "=" ( token / quoted-string ) ] ),
 * with blanks between them (RFC 6455 9.1, RFC 9112 7).  The first call gives
 * the token in `name`, each later call one parameter.  A parameter without "="
 * has no value; a quoted-string keeps its quotes.  Returns 1; 0 at the end; -1
 * if the grammar is broken, and *member stays as it is. */
UPSHAKE_API int upshake_next_parameter(upshake_slice *member,
    upshake_slice *name, upshake_slice *value);

/* Write a parameter's value to `out` without quotes and backslashes (RFC 9110
 * 5.6.4).  Returns the length of the text; if that is more than cap, nothing
 * was written.  Returns SIZE_MAX for a broken quoted-string. */
UPSHAKE_API size_t upshake_unquote(upshake_slice value, char *out, size_t cap);

/* 1 if exactly one field has this name, and its value is the structured boolean
 * ?1, with any parameters; else 0 (RFC 9297 3.4, RFC 8941 3.3.6). */
UPSHAKE_API int upshake_is_true(upshake_fields fields, const char *name);

#ifdef __cplusplus
}
#endif
#endif
