// A village's room for books, lectures and films (村级文化活动室), and whether it is open to everybody.

import Domain
import SQL
import Service
import Web

struct CulturalRoom: RecordState {
    var villageId = Identifier(high: 0, low: 0)
    var name = ""
    var builtOn: CivilDate?
    var squareMetres = 0
    var isOpen = true
    var keeperName: String?
    var phone: SealedNumber?
    var endedOn: CivilDate?
}

extension CulturalRoom {
    static let record = Record<CulturalRoom>(
        .culturalRoom, table: "cultural_room", path: "/v1/cultural-rooms",
        writers: .roles(.countyAdministrator, .townClerk, .villageWorker), knownBy: [["villageCode", "name"]],
        fields: [
            .village(\.villageId).inFiles(CommonHeadings.villageCode, role: .code),
            .name("name", \.name, "name", 1...60).inFiles(["文化活动室名称", "名称"]),
            .optional("builtOn", \.builtOn, "built_on", .pastDay).inFiles(["建成时间"]),
            .required("squareMetres", \.squareMetres, "square_metres", .integer(in: 1...10_000))
                .inFiles(["建筑面积"]),
            .required("isOpen", \.isOpen, "is_open", .flag, else: { _ in true }).inFiles(["是否对外开放"]),
            .optional("keeperName", \.keeperName, "keeper_name", .name(1...60, as: .person)).inFiles(["管理员"]),
            .phone("phone", \.phone, SealedColumn(table: "cultural_room", name: "phone"))
                .inFiles(CommonHeadings.phone, role: .phone),
            .end(\.endedOn).inFiles(),
        ])
}

extension Entity {
    static let culturalRoom = Entity("cultural-rooms")
}

extension ImportKind {
    static let culturalRooms = ImportKind(rawValue: "cultural-rooms")
}

extension Module {
    package static let culturalRooms = Module(
        name: "cultural rooms", routes: { _ in CulturalRoom.record.routes },
        records: [CulturalRoom.record.kind(hangsOn: [.village()], isImported: true)],
        files: [FileKind(.culturalRooms, of: CulturalRoom.self)])
}
