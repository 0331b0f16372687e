// Refusals because of the caller's role. They name the roles that are allowed, because people read refusals out over
// the telephone.

import Web

extension Role {
    /// The name of the role for people.
    package var label: Message {
        switch self {
        case .countyAdministrator: Message(zh: "县级管理员", en: "county administrator")
        case .townClerk: Message(zh: "乡镇经办人", en: "town clerk")
        case .villageWorker: Message(zh: "驻村工作者", en: "village worker")
        case .tablet: Message(zh: "村级平板", en: "village tablet")
        case .province: Message(zh: "省级平台", en: "province")
        case .auditor: Message(zh: "审计员", en: "auditor")
        }
    }
}

extension Problem {
    /// 403 that names the roles that are allowed.
    package static func forbidden(to roles: Set<Role>) -> Problem {
        let named = Role.allCases.filter(roles.contains)
        let zh = named.map { "\($0.label.zh)（\($0.rawValue)）" }.joined(separator: "、")
        let en = named.map { "\($0.label.en) (\($0.rawValue))" }.joined(separator: ", ")
        return Problem(.forbidden, detail: Message(zh: "此操作仅限以下角色：\(zh)", en: "only these roles may do this: \(en)"))
    }

    /// 403 for another reason than the role alone.
    package static func forbidden(zh: String, en: String) -> Problem {
        Problem(.forbidden, detail: Message(zh: zh, en: en))
    }
}
