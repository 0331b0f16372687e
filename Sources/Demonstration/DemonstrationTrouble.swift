// Rows of an import file every one of which must be refused, each for one reason and with a code.
// Deliberately no row that is only warned about: a wrong check digit is kept as unverified and is not here.

import Domain

/// A file of rows that an import of households must refuse.
public enum DemonstrationTrouble {
    /// A row and why it must be refused.
    public struct Row: Hashable, Sendable {
        /// The cells in the order of ``columns``; fewer or more of them where that is the trouble.
        public let cells: [String]
        /// The code that a report should give.
        public let code: String
    }

    /// The national columns of a member's row (§2.1, §2.2), and the birth date, which those without a number need.
    public static let columns = [
        "省", "市", "县", "乡", "村", "组", "户编号", "贫困户属性", "脱贫属性", "主要致贫原因", "其他致贫原因",
        "姓名", "性别", "出生日期",
        "证件号码", "与户主关系", "民族", "文化程度", "在校生状况", "健康状况", "劳动能力", "务工时间",
    ]

    /// The rows, between forty and fifty, for the first village of the tree that has a whole path of names above it;
    /// empty if none has. Rows of one household stand together, and the trouble of one of them is that of all.
    public static func rows(
        divisions: [DemonstrationDivision] = DemonstrationDivision.invented, asOf: CivilDate
    ) -> [Row] {
        guard let path = path(divisions) else { return [] }
        // The last division of the invented city, so that no number here belongs to a household of the county.
        var numbers = DemonstrationNumbers(asOf: asOf, division: 990_999)
        let born = asOf.adding(months: -12 * 40)
        var rows: [Row] = []
        for (ordinal, fault) in faults(asOf: asOf).enumerated() {
            var household: [[String: String]] = []
            for (position, changes) in fault.members.enumerated() {
                var row = sound(path)
                row["户编号"] = "T" + String(10_000 + ordinal).dropFirst()
                let birthDate = born.adding(days: -7 * ordinal - position)
                row["出生日期"] = birthDate.description
                row["证件号码"] = numbers.next(birthDate: birthDate, sex: .male)
                if position > 0, fault.code == "repeated-number" {
                    row["证件号码"] = household[0]["证件号码"]
                    row["出生日期"] = household[0]["出生日期"]
                }
                household.append(row.merging(changes) { $1 })
            }
            rows += household.map { row in
                let cells = columns.map { row[$0] ?? "" }
                return Row(
                    cells: fault.cellsMissing > 0 ? cells.dropLast(fault.cellsMissing) : cells + fault.cellsMore,
                    code: fault.code)
            }
        }
        return rows
    }

    private struct Fault {
        let code: String
        /// For each row of the household, the cells that differ from a sound row.
        var members: [[String: String]] = [[:]]
        var cellsMissing = 0
        var cellsMore: [String] = []

        init(_ code: String, _ members: [String: String]..., cellsMissing: Int = 0, cellsMore: [String] = []) {
            self.code = code
            self.members = members.isEmpty ? [[:]] : members
            self.cellsMissing = cellsMissing
            self.cellsMore = cellsMore
        }
    }

    private static func sound(_ path: [String]) -> [String: String] {
        var row = Dictionary(zip(columns, path)) { first, _ in first }
        row.merge([
            "贫困户属性": "一般贫困户", "脱贫属性": "在册", "主要致贫原因": "缺技术", "姓名": "陈示例", "性别": "男", "与户主关系": "户主",
            "民族": "汉族", "文化程度": "初中", "在校生状况": "非在校生", "健康状况": "健康", "劳动能力": "普通劳动力",
        ]) { $1 }
        return row
    }

    private static func faults(asOf: CivilDate) -> [Fault] {
        let son = ["与户主关系": "之子"]
        return placeFaults + emptyFaults + codeFaults + numberFaults + [
            Fault("birth-date-in-future", ["出生日期": asOf.adding(days: 1).description, "证件号码": ""]),
            Fault("not-a-date", ["出生日期": "1990-02-30"]),
            Fault("not-a-date", ["出生日期": "生于九零年"]),
            Fault("work-months-out-of-range", ["务工时间": "13"]),
            Fault("work-months-out-of-range", ["务工时间": "-1"]),
            Fault("not-an-integer", ["务工时间": "半年"]),
            Fault("not-an-integer", ["务工时间": "99999999999999999999"]),
            Fault("too-many-other-causes", ["其他致贫原因": "缺资金;缺水;缺土地"]),
            Fault("repeated-cause", ["其他致贫原因": "缺技术"]),
            Fault("no-householder", son),
            Fault("several-householders", [:], ["姓名": "陈示范"]),
            Fault("repeated-number", [:], ["姓名": "陈示范"].merging(son) { $1 }),
            Fault("too-long", ["姓名": String(repeating: "长", count: 200)]),
            Fault("too-long", ["户编号": String(repeating: "9", count: 200)]),
            Fault("control-character", ["姓名": "陈\u{0001}示例"]),
            Fault("ragged-row", cellsMissing: 2),
            Fault("ragged-row", cellsMissing: columns.count - 1),
            Fault("ragged-row", cellsMore: ["多余", "的", "格"]),
        ]
    }

    private static let placeFaults = [
        Fault("unknown-village", ["村": "没有这个村委会"]), Fault("unknown-village", ["乡": "没有这个镇"]),
        Fault("unknown-village", ["县": "没有这个县"]), Fault("unknown-village", ["省": "没有这个省"]),
        Fault("unknown-village", ["村": ""]),
    ]

    private static let emptyFaults = [
        Fault("required", ["户编号": ""]), Fault("required", ["户编号": "  "]), Fault("required", ["姓名": ""]),
        Fault("required", ["性别": ""]), Fault("required", ["与户主关系": ""]),
        Fault("required", ["主要致贫原因": ""]),
    ]

    private static let codeFaults = [
        Fault("unknown-code", ["贫困户属性": "富裕户"]), Fault("unknown-code", ["脱贫属性": "大概脱贫"]),
        Fault("unknown-code", ["主要致贫原因": "因为懒"]), Fault("unknown-code", ["其他致贫原因": "缺运气"]),
        Fault("unknown-code", ["性别": "男女"]), Fault("unknown-code", ["性别": "M/F"]),
        Fault("unknown-code", ["与户主关系": "之邻居"]), Fault("unknown-code", ["民族": "火星族"]),
        Fault("unknown-code", ["文化程度": "博览群书"]), Fault("unknown-code", ["在校生状况": "十三年级"]),
        Fault("unknown-code", ["健康状况": "不知道"]), Fault("unknown-code", ["劳动能力": "超强劳动力"]),
    ]

    private static let numberFaults = [
        Fault("scientific-notation", ["证件号码": "9.90999E+17"]),
        Fault("scientific-notation", ["证件号码": "9.90999198606010e+17"]),
        Fault("precision-lost", ["证件号码": "990999198611217000"]),
    ]

    private static func path(_ divisions: [DemonstrationDivision]) -> [String]? {
        let byCode = Dictionary(divisions.map { ($0.code, $0) }) { first, _ in first }
        for village in divisions where village.level == .village {
            var names = [village.name]
            var place = village
            while let parent = place.parent.flatMap({ byCode[$0] }), names.count < 5 {
                names.insert(parent.name, at: 0)
                place = parent
            }
            if names.count == 5 { return names }
        }
        return nil
    }
}
