// Headings as forms and spreadsheets write them: which of them mean the same, and which look like a column that
// identifies somebody. It deliberately knows no kind of file.

import Domain

/// What a column identifies, by which an unknown heading is taken for one of its kind.
package enum HeadingRole {
    /// The number of a person.
    case identity
    case phone
    case state
    /// A code of a place or an organization.
    case code
    /// A number that a register gives, such as an archive number.
    case number
    /// An id of this or another system.
    case id
}

package enum Heading {
    /// The form in which headings are compared: brackets, letters and digits in one width, without spaces, line breaks,
    /// invisible characters, case, asterisks and remarks such as “required”.
    package static func form(_ heading: String) -> String {
        var form = String.UnicodeScalarView()
        for scalar in heading.unicodeScalars {
            let scalar = WrittenForm.narrowed(scalar)
            if scalar.value < 0x21 || scalar.value == 0x7F || WrittenForm.isSpace(scalar) { continue }
            if WrittenForm.isInvisible(scalar) { continue }
            switch scalar {
            case "*", "※", "★", "☆", "_", "-", ":", "\"", "'", ".": continue
            case "[", "{", "【", "〔", "〖": form.append("(")
            case "]", "}", "】", "〕", "〗": form.append(")")
            case "A"..."Z": form.append(Unicode.Scalar(UInt8(scalar.value) | 0x20))
            default: form.append(scalar)
            }
        }
        var text = String(form)
        for remark in ["(必填项)", "(必填)", "(选填)", "(required)", "(optional)"] where text.contains(remark) {
            text = text.replacing(remark, with: "")
        }
        return text
    }

    /// A heading on one line, for a report.
    package static func shown(_ heading: String) -> String {
        if !heading.unicodeScalars.contains(where: { $0.value < 0x20 || WrittenForm.isInvisible($0) }) {
            return heading
        }
        return String(
            String.UnicodeScalarView(heading.unicodeScalars.filter { $0.value >= 0x20 && !WrittenForm.isInvisible($0) })
        )
    }

    /// What a heading looks like, by the words in it.
    package static func role(of heading: String) -> HeadingRole? {
        let form = form(heading)
        func has(_ words: String...) -> Bool { words.contains { form.contains($0) } }
        let words = words(heading)
        if has("证件", "身份", "证号", "identity", "idcard", "idno", "idnumber") { return .identity }
        if has("电话", "手机", "联系方式", "phone", "mobile") || words.contains("tel") { return .phone }
        if has("状态", "脱贫", "status") || words.contains("state") { return .state }
        if has("代码", "信用码", "code") { return .code }
        if has("编号", "编码", "档案", "户号", "number") || words.contains("no") { return .number }
        if words.contains("id") || form.hasSuffix("id") || has("主键", "uuid") { return .id }
        return nil
    }

    /// The Latin words of a heading, even of one written `likeThis`.
    private static func words(_ heading: String) -> Set<String> {
        var words: Set<String> = []
        var word = ""
        var wasLower = false
        for scalar in heading.unicodeScalars.map(WrittenForm.narrowed) {
            let isUpper = ("A"..."Z").contains(scalar)
            if !isUpper && !("a"..."z").contains(scalar) || isUpper && wasLower {
                words.insert(word)
                word = ""
            }
            wasLower = ("a"..."z").contains(scalar)
            if isUpper || wasLower { word += String(scalar).lowercased() }
        }
        return words.union([word])
    }
}

/// Headings of key columns that files of several kinds have.
package enum CommonHeadings {
    package static let archiveNumber = [
        "户编号", "户编码", "户号", "贫困户编号", "贫困户编码", "建档立卡户编号", "建档立卡编号", "脱贫户编号", "家庭编号", "档案编号", "档案号", "户档案编号",
        "户档案号",
    ]
    package static let identityNumber = [
        "证件号码", "证件号", "身份证号码", "身份证号", "身份证", "公民身份号码", "公民身份证号码", "公民身份证号", "居民身份证号码", "居民身份证号", "身份号码",
        "身份证件号码", "身份证件号", "身份证明号码",
    ]
    package static let phone = [
        "联系电话", "联系电话号码", "电话", "电话号码", "手机", "手机号", "手机号码", "移动电话", "联系方式", "联系手机",
    ]
    package static let creditCode = ["统一社会信用代码", "社会信用代码", "信用代码", "统一信用代码", "单位统一社会信用代码", "统一社会信用码"]
    package static let divisionCode = ["区划代码", "行政区划代码", "行政区划编码", "区划编码", "统计用区划代码"]
    package static let villageCode = divisionCode + ["村代码", "村编码", "行政村代码", "行政村编码", "村区划代码", "村级区划代码"]
    package static let province = ["省", "省份", "省级", "省(自治区、直辖市)", "省(区、市)"]
    package static let city = ["市", "地市", "市州", "市级", "地级市", "市(州)", "市(地、州、盟)"]
    package static let county = ["县", "县级", "区县", "县区", "县市区", "县(区)", "县(市、区)", "县(市、区、旗)"]
    package static let town = ["乡", "镇", "乡镇", "乡级", "乡(镇)", "乡镇(街道)", "乡(镇、街道)"]
    package static let village = ["村", "行政村", "村级", "村居", "村(社区)", "村(居)", "村委会"]
}
