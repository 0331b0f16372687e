/* What Linux has and Swift's Glibc module does not export: epoll, eventfd, accept4, and the allocator's settings. */
#ifndef JIEDUI_CLINUX_H
#define JIEDUI_CLINUX_H
#include <malloc.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>

/* glibc declares accept4 only with _GNU_SOURCE; defining that here would change types that Glibc's module also has. */
extern int accept4(int, struct sockaddr *, socklen_t *, int);

static inline int jiedui_accept4(int listener, struct sockaddr *address, socklen_t *length) {
    return accept4(listener, address, length, 02000000 | 04000); /* SOCK_CLOEXEC | SOCK_NONBLOCK */
}

/* A fixed threshold: by itself it grows to 32 MB, and then large blocks stay in the heap when they are freed. */
static inline void jiedui_map_blocks_from(int bytes) {
    mallopt(M_MMAP_THRESHOLD, bytes);
}

/* Octets of the heap that are free, whether they are resident or not. */
static inline long jiedui_free_heap_bytes(void) {
    return (long)mallinfo2().fordblks;
}
#endif
