/* SPDX-License-Identifier: MIT
 *
 * upshake, layer "request": looking at a request: a parameter of the query, a
 * cookie, a bearer token, Basic credentials.  It is usable alone, on any bytes.
 *
 * Values are slices of the request, as sent.  Nothing is decoded unless you ask
 * for it.  A malformed value is an error, never a guess.
 *
 * What a client sends is a claim: whether a token, a cookie or a password is
 * right, your program must judge.  upshake_equal and upshake_same stop at the
 * first byte that differs, so the time of a comparison tells an attacker how
 * much of a guess was right.  Compare secrets with a function of constant time,
 * such as CRYPTO_memcmp of OpenSSL or sodium_memcmp, and keep only hashes of
 * passwords. */
#ifndef UPSHAKE_REQUEST_H
#define UPSHAKE_REQUEST_H
/* clang-format off: what belongs together stands on one line */
#include "upshake_error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Queries and forms (WHATWG URL 5.1) ---------------------------------- */
/* Take the next name and value off a query, or off the body of a form
 * (application/x-www-form-urlencoded):
 *     upshake_slice query = request.query;
 *     while (upshake_next_pair(&query, &pair)) ...
 * Pairs are separated by "&"; an empty pair is skipped.  A name ends at the
 * first "=".  A pair without "=" has an empty value.  Name and value are as
 * sent: see upshake_decode.  Returns 1, or 0 at the end. */
UPSHAKE_API int upshake_next_pair(upshake_slice *query, upshake_field *pair);

/* The value of the first pair with this name, as sent; absent if there is none.
 * `name` is compared with the decoded name: "a b" finds a%20b=1 and a+b=1.  A
 * malformed name is found by no `name`.  A name may come more than once: if
 * that matters to you, use upshake_next_pair. */
UPSHAKE_API upshake_slice upshake_find_parameter(upshake_slice query,
    const char *name);

/* Decode a value: %XX becomes one byte (RFC 3986 2.1).  If `plus` is 1, "+"
 * becomes a blank, as in queries and forms; in a path `plus` must be 0.  No NUL
 * is written behind the value.  Returns
 *   OK      *len bytes were written
 *   ROOM    *len is the cap that is needed, at most value.len
 *   DECODE  "%" without two hexadecimal digits behind it; *len is its offset
 * If the call does not return OK, nothing was written.  `out` may be the memory
 * of the value itself; otherwise the two must not overlap.
 *
 * A decoded value may have any byte: a NUL (%00), "/" (%2F), a line end, bytes
 * that are not UTF-8.  So check it before it becomes a C string or the name of
 * a file.  Split first and decode then, and decode once (RFC 3986 2.4): "%2F"
 * separates no segments of a path, and "%26" no pairs. */
UPSHAKE_API upshake_error upshake_decode(upshake_slice value, int plus,
    char *out, size_t cap, size_t *len);

/* ---- Cookies (RFC 6265 4.2, 5.4) ----------------------------------------- */
/* Take the next cookie off the value of one Cookie line.  Cookies are separated
 * by ";", quotes protect no ";", and blanks around a name or value do not
 * belong to it.  The name ends at the first "=".  A cookie without "=" has an
 * empty name: browsers send a cookie that has no name so.  An empty cookie
 * (";;") is skipped; an empty value ("a=") is not.  Nothing is decoded, and
 * quotes around a value stay.  Returns 1, or 0 at the end. */
UPSHAKE_API int upshake_next_cookie(upshake_slice *value,
    upshake_field *cookie);

/* The value of the first cookie with this name, in this case, in all Cookie
 * lines; absent if there is none.  HTTP/2 sends several lines.  A name may come
 * more than once, for different paths or domains, and no order is certain. */
UPSHAKE_API upshake_slice upshake_find_cookie(upshake_fields fields,
    const char *name);

/* ---- Credentials (RFC 9110 11.6.2) --------------------------------------- */
/* The token of Authorization: Bearer (RFC 6750 2.1), the scheme in any case.
 * Absent if there is none, if it is not a b64token, or if there is more than
 * one Authorization line: answer 401, with WWW-Authenticate. */
UPSHAKE_API upshake_slice upshake_find_bearer(upshake_fields fields);

/* Authorization: Basic (RFC 7617), the scheme in any case.  Decodes the user-id
 * and the password into `out`.  *name is all before the first ":", *password is
 * all behind it; both are slices of out, may be empty, and have no control
 * characters.  Bytes from 0x80 on are as sent.  Returns
 *   OK           *name and *password are set
 *   NOT_OFFERED  no Authorization, or another scheme: answer 401
 *   DECODE       malformed, or more than one Authorization line: 400 or 401.
 *                Malformed is: not base64 with its padding and pad bits of 0
 *                (RFC 4648 4), no ":", a control character
 *   ROOM         out is too small: 3 bytes for each 4 of the field's value are
 *                enough
 * If the call does not return OK, *name and *password are absent, and nothing
 * was written to out.  Overwrite `out` when you no longer need the password. */
UPSHAKE_API upshake_error upshake_find_basic(upshake_fields fields, char *out,
    size_t cap, upshake_slice *name, upshake_slice *password);

#ifdef __cplusplus
}
#endif
#endif
