/* SQLite's C interface, and plain functions for its variadic ones, which Swift cannot call. */
#ifndef JIEDUI_CSQLITE_H
#define JIEDUI_CSQLITE_H
#include <sqlite3.h>

static inline int jiedui_sqlite3_db_config_flag(sqlite3 *database, int option, int value) {
    return sqlite3_db_config(database, option, value, (int *)0);
}
#endif
