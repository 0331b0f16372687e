// Figures of an area on a day (统计).

import Service

extension Module {
    package static let statistics = Module(
        name: "statistics", routes: { _ in StatisticsRoutes.all },
        checks: [Check("kept figures") { connection, _ in try FigureRecount.faults(connection) }],
        gatherers: [FigureChanges.self])
}
