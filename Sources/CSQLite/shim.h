/* SQLite's C interface, and plain functions for its variadic ones, which Swift cannot call. */
#ifndef JIEDUI_CSQLITE_H
#define JIEDUI_CSQLITE_H
#include <sqlite3.h>

static inline int jiedui_sqlite3_db_config_flag(sqlite3 *database, int option, int value) {
    return sqlite3_db_config(database, option, value, (int *)0);
}

static inline int jiedui_sqlite3_config_flag(int option, int value) {
    return sqlite3_config(option, value);
}

/* Memory for what statements need while they run, and for the frames of triggers, which the library's own pieces of
   1,200 bytes do not hold: the general allocator is slow at pieces of some kilobytes that come and go. Before any other
   use. */
static inline int jiedui_sqlite3_reserve_lookaside(sqlite3 *database, int piece_bytes, int count) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_LOOKASIDE, (void *)0, piece_bytes, count);
}

/* -1 asks without changing; the answer is 0 or 1, or -1 where the library does not know the option. */
static inline int jiedui_sqlite3_db_config_read(sqlite3 *database, int option) {
    int value = -1;
    return sqlite3_db_config(database, option, -1, &value) == SQLITE_OK ? value : -1;
}

/* Swift does not see constants that are made of an expression. */
static const int JIEDUI_SQLITE_CONSTRAINT_CHECK = SQLITE_CONSTRAINT_CHECK;
static const int JIEDUI_SQLITE_CONSTRAINT_TRIGGER = SQLITE_CONSTRAINT_TRIGGER;
static const int JIEDUI_SQLITE_CONSTRAINT_UNIQUE = SQLITE_CONSTRAINT_UNIQUE;
static const int JIEDUI_SQLITE_CONSTRAINT_PRIMARYKEY = SQLITE_CONSTRAINT_PRIMARYKEY;
static const int JIEDUI_SQLITE_CONSTRAINT_ROWID = SQLITE_CONSTRAINT_ROWID;
static const int JIEDUI_SQLITE_CONSTRAINT_FOREIGNKEY = SQLITE_CONSTRAINT_FOREIGNKEY;
static const int JIEDUI_SQLITE_CONSTRAINT_NOTNULL = SQLITE_CONSTRAINT_NOTNULL;
static const int JIEDUI_SQLITE_CONSTRAINT_DATATYPE = SQLITE_CONSTRAINT_DATATYPE;
static const int JIEDUI_SQLITE_IOERR_FSYNC = SQLITE_IOERR_FSYNC;
static const int JIEDUI_SQLITE_IOERR_WRITE = SQLITE_IOERR_WRITE;
#endif
