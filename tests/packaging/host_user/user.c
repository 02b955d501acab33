/* SPDX-License-Identifier: MIT
 *
 * A program that uses the host. */
#ifdef __cplusplus
extern "C"
#endif
int host_answer(void);

int main(void) { return host_answer(); }
