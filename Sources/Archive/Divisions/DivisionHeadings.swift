// The columns of files of divisions and of successors: our own names, which exports write, and those of official lists.

import Domain
import Service

/// A column of a file of divisions.
enum DivisionColumn: String, FileColumn {
    case code, name, level, parentCode, from, to

    var nationalNames: [String] {
        switch self {
        case .code: CommonHeadings.divisionCode + ["代码", "编码"]
        case .name: ["名称", "区划名称", "行政区划名称"]
        case .level: ["级别", "层级", "区划级别"]
        case .parentCode: ["上级代码", "上级编码", "上级区划代码", "上级行政区划代码", "父级代码"]
        case .from: ["设立日期", "设立时间"]
        case .to: ["撤销日期", "撤销时间"]
        }
    }

    var role: HeadingRole? { self == .code || self == .parentCode ? .code : nil }

    var form: CellForm {
        switch self {
        case .name: .name
        case .code, .level, .parentCode: .key
        case .from, .to: .text
        }
    }
}

/// A column of a file of successors.
enum SuccessorColumn: String, FileColumn {
    case code, successorCode, effectiveOn

    var nationalNames: [String] {
        switch self {
        case .code: ["原代码", "原区划代码", "旧代码", "旧区划代码", "原编码"]
        case .successorCode: ["新代码", "新区划代码", "现代码", "现区划代码", "新编码"]
        case .effectiveOn: ["日期", "变更日期", "生效日期", "变更时间"]
        }
    }

    var role: HeadingRole? { self == .effectiveOn ? nil : .code }

    var form: CellForm { self == .effectiveOn ? .text : .key }
}
