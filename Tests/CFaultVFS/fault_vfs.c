/* See the header. A sync is counted and not done: these tests end processes and calls, not the power. */
#include "fault_vfs.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct fault_vfs {
    sqlite3_vfs vfs;
    sqlite3_vfs *system;
    char name[64];
    atomic_int syncs, writes, syncs_until_failure, writes_until_failure, sync_code, write_code, is_full;
};

/* The system's own file object follows it in the same memory. */
typedef struct {
    sqlite3_file file;
    fault_vfs *vfs;
} fault_file;

static sqlite3_file *inner(sqlite3_file *file) {
    return (sqlite3_file *)((fault_file *)file + 1);
}

static int is_due(atomic_int *countdown) {
    int left = atomic_load(countdown);
    while (left > 0 && !atomic_compare_exchange_weak(countdown, &left, left - 1)) {
    }
    return left == 1;
}

static int file_close(sqlite3_file *f) { return inner(f)->pMethods->xClose(inner(f)); }
static int file_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at) {
    return inner(f)->pMethods->xRead(inner(f), to, n, at);
}
static int file_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at) {
    fault_vfs *vfs = ((fault_file *)f)->vfs;
    atomic_fetch_add(&vfs->writes, 1);
    if (is_due(&vfs->writes_until_failure)) return atomic_load(&vfs->write_code);
    if (atomic_load(&vfs->is_full)) return SQLITE_FULL;
    return inner(f)->pMethods->xWrite(inner(f), from, n, at);
}
static int file_truncate(sqlite3_file *f, sqlite3_int64 n) { return inner(f)->pMethods->xTruncate(inner(f), n); }
static int file_sync(sqlite3_file *f, int flags) {
    (void)flags;
    fault_vfs *vfs = ((fault_file *)f)->vfs;
    atomic_fetch_add(&vfs->syncs, 1);
    return is_due(&vfs->syncs_until_failure) ? atomic_load(&vfs->sync_code) : SQLITE_OK;
}
static int file_size(sqlite3_file *f, sqlite3_int64 *n) { return inner(f)->pMethods->xFileSize(inner(f), n); }
static int file_lock(sqlite3_file *f, int level) { return inner(f)->pMethods->xLock(inner(f), level); }
static int file_unlock(sqlite3_file *f, int level) { return inner(f)->pMethods->xUnlock(inner(f), level); }
static int file_check_lock(sqlite3_file *f, int *out) {
    return inner(f)->pMethods->xCheckReservedLock(inner(f), out);
}
static int file_control(sqlite3_file *f, int operation, void *argument) {
    return inner(f)->pMethods->xFileControl(inner(f), operation, argument);
}
static int file_sector(sqlite3_file *f) { return inner(f)->pMethods->xSectorSize(inner(f)); }
static int file_characteristics(sqlite3_file *f) { return inner(f)->pMethods->xDeviceCharacteristics(inner(f)); }
static int file_shm_map(sqlite3_file *f, int page, int n, int extend, void volatile **out) {
    return inner(f)->pMethods->xShmMap(inner(f), page, n, extend, out);
}
static int file_shm_lock(sqlite3_file *f, int offset, int n, int flags) {
    return inner(f)->pMethods->xShmLock(inner(f), offset, n, flags);
}
static void file_shm_barrier(sqlite3_file *f) { inner(f)->pMethods->xShmBarrier(inner(f)); }
static int file_shm_unmap(sqlite3_file *f, int delete) { return inner(f)->pMethods->xShmUnmap(inner(f), delete); }

/* Version 2: with shared memory for the log, without mapped reads. */
static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags) {
    fault_vfs *self = vfs->pAppData;
    ((fault_file *)file)->vfs = self;
    file->pMethods = NULL;
    int code = self->system->xOpen(self->system, name, inner(file), flags, out_flags);
    if (inner(file)->pMethods) file->pMethods = &methods;
    return code;
}

fault_vfs *fault_vfs_register(const char *name) {
    fault_vfs *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->system = sqlite3_vfs_find(NULL);
    /* Its other functions do not look at the object that they are called on. */
    self->vfs = *self->system;
    strncpy(self->name, name, sizeof self->name - 1);
    self->vfs.zName = self->name;
    self->vfs.pNext = NULL;
    self->vfs.pAppData = self;
    self->vfs.szOsFile = (int)sizeof(fault_file) + self->system->szOsFile;
    self->vfs.xOpen = vfs_open;
    sqlite3_vfs_register(&self->vfs, 0);
    return self;
}

void fault_vfs_unregister(fault_vfs *vfs) {
    sqlite3_vfs_unregister(&vfs->vfs);
    free(vfs);
}

void fault_vfs_fail_sync(fault_vfs *vfs, int nth, int code) {
    atomic_store(&vfs->sync_code, code);
    atomic_store(&vfs->syncs_until_failure, nth);
}

void fault_vfs_fail_write(fault_vfs *vfs, int nth, int code) {
    atomic_store(&vfs->write_code, code);
    atomic_store(&vfs->writes_until_failure, nth);
}

void fault_vfs_set_full(fault_vfs *vfs, int is_full) { atomic_store(&vfs->is_full, is_full); }
int fault_vfs_sync_count(fault_vfs *vfs) { return atomic_load(&vfs->syncs); }
int fault_vfs_write_count(fault_vfs *vfs) { return atomic_load(&vfs->writes); }
