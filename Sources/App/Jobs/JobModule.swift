// Files brought in and out as jobs (数据导入导出).

extension Entity {
    static let job = Entity("job")
}

extension Module {
    static let jobs = Module(
        name: "jobs", routes: { JobRoutes.all($0.runner()) + ExportRoutes.all($0.runner()) },
        problems: JobProblems.kinds + ExportProblems.kinds, records: [RecordKind(entity: .job)],
        runners: [JobRunner.self, ExportRunner.self])
}
