/* zlib, and plain functions for its initialising macros, which Swift does not import. */
#ifndef JIEDUI_CZLIB_H
#define JIEDUI_CZLIB_H
#include <zlib.h>

/* 15 + 16: the largest window, gzip framing (RFC 1952). */
static inline int jiedui_deflate_gzip_init(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
static inline int jiedui_inflate_gzip_init(z_stream *stream) {
    return inflateInit2(stream, 15 + 16);
}
#endif
