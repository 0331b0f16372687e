/* The rows of visits as a bare loop inserts them: what the service wrote, taken from its database and written into a copy
   of the one it began with, a transaction for every so many visits, with the service's settings.

     visit_loop BEFORE AFTER TOKENS VISITS_A_TRANSACTION

   BEFORE is written to. AFTER holds the same and more; TOKENS a table tokens(visit_number, text) with what the index of
   texts is given, and a table duties with the kept rows that differ and the visit they are written with. Prints visits and
   seconds.
   cc -O2 -o visit_loop visit_loop.c -lsqlite3 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct rows {
    char sql[512];
    int columns;
    long count, next;
    sqlite3_int64 *visit;
    sqlite3_value **values;
    sqlite3_stmt *statement;
};

static void fail(sqlite3 *database, const char *where) {
    fprintf(stderr, "%s: %s\n", where, sqlite3_errmsg(database));
    exit(1);
}

static void run(sqlite3 *database, const char *sql) {
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK) fail(database, sql);
}

/* The first column of the query is the visit that a row belongs to, the others are the row. */
static void load(sqlite3 *source, struct rows *rows, const char *query, const char *insert) {
    sqlite3_stmt *statement;
    long room = 1024;
    if (sqlite3_prepare_v2(source, query, -1, &statement, NULL) != SQLITE_OK) fail(source, query);
    memset(rows, 0, sizeof *rows);
    rows->columns = sqlite3_column_count(statement) - 1;
    rows->visit = malloc(room * sizeof *rows->visit);
    rows->values = malloc(room * rows->columns * sizeof *rows->values);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        if (rows->count == room) {
            room *= 2;
            rows->visit = realloc(rows->visit, room * sizeof *rows->visit);
            rows->values = realloc(rows->values, room * rows->columns * sizeof *rows->values);
        }
        rows->visit[rows->count] = sqlite3_column_int64(statement, 0);
        for (int column = 0; column < rows->columns; column++)
            rows->values[rows->count * rows->columns + column] = sqlite3_value_dup(sqlite3_column_value(statement, column + 1));
        rows->count++;
    }
    sqlite3_finalize(statement);
    snprintf(rows->sql, sizeof rows->sql, "%s VALUES (", insert);
    for (int column = 0; column < rows->columns; column++) strcat(rows->sql, column ? ",?" : "?");
    strcat(rows->sql, ")");
}

static void insert_through(sqlite3 *database, struct rows *rows, sqlite3_int64 visit) {
    while (rows->next < rows->count && rows->visit[rows->next] <= visit) {
        for (int column = 0; column < rows->columns; column++)
            sqlite3_bind_value(rows->statement, column + 1, rows->values[rows->next * rows->columns + column]);
        if (sqlite3_step(rows->statement) != SQLITE_DONE) fail(database, rows->sql);
        sqlite3_reset(rows->statement);
        rows->next++;
    }
}

int main(int count, char **arguments) {
    sqlite3 *source, *database;
    struct rows rows[16];
    char query[1024];
    int tables = 0;
    struct timespec began, ended;
    if (count != 5) return 64;
    long size = atol(arguments[4]);
    if (sqlite3_open(":memory:", &source)) fail(source, "open");
    snprintf(query, sizeof query, "ATTACH '%s' AS b; ATTACH '%s' AS a; ATTACH '%s' AS t;", arguments[1], arguments[2], arguments[3]);
    run(source, query);
    run(source, "CREATE TABLE since AS SELECT (SELECT coalesce(max(visit_number), 0) FROM b.visit) AS visit,"
        " (SELECT coalesce(max(sequence), 0) FROM b.audit_event) AS audit, (SELECT coalesce(max(sequence), 0) FROM b.change) AS change");
    load(source, &rows[tables++], "SELECT visit_number, * FROM a.visit WHERE visit_number > (SELECT visit FROM since) ORDER BY 1",
        "INSERT INTO visit");
    const char *parts[] = {"visit_mark", "visit_companion", "visit_deed", "visit_gift", "visit_event", "visit_attachment"};
    for (int part = 0; part < 6; part++) {
        char insert[64];
        snprintf(query, sizeof query, "SELECT visit_number, * FROM a.%s WHERE visit_number > (SELECT visit FROM since) ORDER BY 1", parts[part]);
        snprintf(insert, sizeof insert, "INSERT INTO %s", parts[part]);
        load(source, &rows[tables++], query, insert);
    }
    load(source, &rows[tables++], "SELECT v.visit_number, e.* FROM a.audit_event e JOIN a.visit v ON v.id = e.entity_id"
        " WHERE e.sequence > (SELECT audit FROM since) ORDER BY e.sequence", "INSERT INTO audit_event");
    load(source, &rows[tables++], "SELECT v.visit_number, c.* FROM a.change c JOIN a.visit v ON v.id = c.entity_id"
        " WHERE c.sequence > (SELECT change FROM since) ORDER BY c.sequence", "INSERT INTO change");
    load(source, &rows[tables++], "SELECT visit_number, visit_number, text FROM t.tokens ORDER BY 1", "INSERT INTO visit_text (rowid, text)");
    load(source, &rows[tables++], "SELECT visit_number, household_number, kind, subject, period_start, period_end, required, contacts, done_on"
        " FROM t.duties ORDER BY 1", "INSERT OR REPLACE INTO contact_duty (household_number, kind, subject, period_start, period_end,"
        " required, contacts, done_on)");
    sqlite3_close(source);

    if (sqlite3_open(arguments[1], &database)) fail(database, "open");
    run(database, "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
        " PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; PRAGMA foreign_keys = ON;"
        " PRAGMA wal_autocheckpoint = 1000; PRAGMA trusted_schema = OFF");
    for (int table = 0; table < tables; table++)
        if (sqlite3_prepare_v2(database, rows[table].sql, -1, &rows[table].statement, NULL) != SQLITE_OK) fail(database, rows[table].sql);
    clock_gettime(CLOCK_MONOTONIC, &began);
    for (long first = 0; first < rows[0].count; first += size) {
        long last = first + size < rows[0].count ? first + size : rows[0].count;
        run(database, "BEGIN IMMEDIATE");
        /* Visit by visit: everything that belongs to one before the next. */
        for (long visit = first; visit < last; visit++)
            for (int table = 0; table < tables; table++) insert_through(database, &rows[table], rows[0].visit[visit]);
        run(database, "COMMIT");
    }
    clock_gettime(CLOCK_MONOTONIC, &ended);
    printf("%ld %.6f\n", rows[0].count, (ended.tv_sec - began.tv_sec) + (ended.tv_nsec - began.tv_nsec) / 1e9);
    for (int table = 0; table < tables; table++) fprintf(stderr, "%ld %.60s\n", rows[table].count, rows[table].sql);
    sqlite3_close(database);
    return 0;
}
