// The keys of code values that the rules of occasions ask for by name. The lists themselves are rows of the database; a
// test holds these words against them.

/// Values of `festival` and `crop`.
public enum OccasionCode {
    /// Festivals of which the dates are listed by year.
    public static let festivals = [
        "spring-festival", "lantern-festival", "third-month-third", "qingming", "dragon-boat", "mid-autumn",
        "double-ninth",
    ]
    /// What an area states that owes no visit on any festival.
    public static let noFestival = "none"

    /// Crops whose busy seasons areas may state, with their names for the catalogue of parameters.
    public static let crops: [(code: String, chinese: String, english: String)] = [
        ("rice-early", "早稻", "early rice"),
        ("rice-single", "一季稻", "single-crop rice"),
        ("rice-late", "晚稻", "late rice"),
        ("wheat", "小麦", "wheat"),
        ("maize", "玉米", "maize"),
        ("rapeseed", "油菜", "rapeseed"),
        ("potato", "马铃薯", "potatoes"),
        ("peanut", "花生", "peanuts"),
        ("cotton", "棉花", "cotton"),
        ("sugarcane", "甘蔗", "sugar cane"),
        ("tea", "茶叶", "tea"),
        ("tobacco", "烟叶", "tobacco"),
        ("silkworm", "蚕桑", "silkworms"),
        ("citrus", "柑橘", "citrus fruit"),
        ("peach", "桃", "peaches"),
        ("strawberry", "草莓", "strawberries"),
        ("vegetables", "蔬菜", "vegetables"),
    ]
}
