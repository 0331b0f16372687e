// Taking back what an import did to cadres: their tables do it, and what their rows keep of others is rewritten.

import Domain
import SQL
import Service

enum HelperUndo {
    static let cadres = Undoable(
        .cadre, CadreTable.dated, intervals: [CadreTable.ranks, CadreTable.posts, CadreTable.links],
        kept: ["cadre_capacity": "cadre_id", "cadre_help": "cadre_id"], sealed: [.cadrePhone, .cadreIdentity],
        fields: { id, connection in
            try CadreTable.find(id, connection).map { CadreTable.auditFields($0.state, $0.kept) }
        },
        settle: { id, transaction in
            let connection = transaction.connection
            let home = try connection.first(
                """
                SELECT o.area_code FROM cadre c JOIN organization o ON o.id = c.organization_id WHERE c.id = $1
                """, id
            ) { $0.int64(0) }
            guard let home else { return }
            let kept = try CadreStore.kept(id, home: home, on: transaction.today, connection)
            try connection.run(
                """
                UPDATE cadre SET rank = $2, post_state = $3, linked_division_id = $4, area_code = $5 WHERE id = $1
                """, id, kept.rank, kept.postState, kept.linkedDivisionId, kept.areaCode)
            transaction.consequences.ask()
            try CadreCapacity.refresh(id, transaction)
            for error in transaction.consequences.take(in: .everything).errors(at: "") {
                transaction.memory(JobNotices.self).add(ReportRow(line: 0, .warning, error))
            }
            try transaction.publish(CadreWritten(occurrence: .changedUnit, id: id))
        }, release: { try $1.publish(CadreWritten(occurrence: .removed, id: $0)) })
}

extension SealedColumn {
    package static let cadrePhone = SealedColumn(table: "cadre", name: "phone")
    static let cadreIdentity = SealedColumn(table: "cadre", name: "identity")
}
