// Bodies of organizations, cadres and helpers that are in order, to be changed by a test into what it is about.

@testable import App

extension Sample {
    static func organization(_ name: String, at area: String = Place.county) -> JSON {
        ["areaCode": .string(area), "name": .string(name), "kind": "state-organ", "level": "county"]
    }

    /// - Parameter organization: the number of its id.
    static func cadre(_ name: String, of organization: Int = 1) -> JSON {
        ["organizationId": .string(id(organization)), "name": .string(name), "sex": "male", "line": "economic"]
    }
}

extension County {
    /// Puts an organization as the county's administrator and gives its path.
    @discardableResult
    func makeOrganization(_ number: Int = 1, _ body: JSON = Sample.organization("县农业局")) throws -> String {
        try put("/v1/organizations/\(Sample.id(number))", body)
    }

    /// Puts a cadre as the county's administrator and gives their path.
    @discardableResult
    func makeCadre(_ number: Int, _ body: JSON) throws -> String {
        try put("/v1/cadres/\(Sample.id(number))", body)
    }

    private func put(_ path: String, _ body: JSON) throws -> String {
        let answer = try self.as(.administrator).put(path, body)
        guard answer.status == 201 else { throw ClientError(action: "put \(answer.text)", code: CInt(answer.status)) }
        return path
    }
}
