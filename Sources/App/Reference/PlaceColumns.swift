// Where a record lies, as columns of a list.

enum PlaceColumns {
    /// The village that is the division `d`, with its name and its town's.
    static let village = [
        ListColumn("villageCode", "d.code", .areaCode), ListColumn("villageName", "d.name"),
        ListColumn("townName", "(SELECT p.name FROM division p WHERE p.id = d.parent_id)"),
    ]
}
