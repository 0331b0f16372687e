// Imports and exports as jobs (数据导入导出).

import Web

extension Entity {
    package static let job = Entity("imports")
    static let export = Entity("exports")
}

extension Module {
    package static let jobs = Module(
        name: "jobs", routes: { JobRoutes.all($0.runner()) + ExportRoutes.all($0.runner()) },
        problems: JobProblems.kinds + ExportProblems.kinds,
        fieldCodes: FieldCode.ofJobs + UndoReason.allCases.map { FieldCode($0) },
        records: [RecordKind(entity: .job, audience: .overseers)],
        runners: [JobRunner.self, ExportRunner.self])
}
