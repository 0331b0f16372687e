/* A SQLite file system for tests: the system's own, with syncs and writes that are counted and can be made to fail. */
#ifndef FAULT_VFS_H
#define FAULT_VFS_H

typedef struct fault_vfs fault_vfs;

/* Registers one under a name, which must stay its own; NULL where memory is out. */
fault_vfs *fault_vfs_register(const char *name);
/* Every connection through it must be closed. */
void fault_vfs_unregister(fault_vfs *vfs);

/* The nth call from now (1 is the next) fails once with this SQLite code; 0 takes it back. */
void fault_vfs_fail_sync(fault_vfs *vfs, int nth, int code);
void fault_vfs_fail_write(fault_vfs *vfs, int nth, int code);
/* While on, every write fails with SQLITE_FULL. */
void fault_vfs_set_full(fault_vfs *vfs, int is_full);

int fault_vfs_sync_count(fault_vfs *vfs);
int fault_vfs_write_count(fault_vfs *vfs);
#endif
