using System.Text.RegularExpressions;

namespace JiraAdoSync.Mapping.WorkItems;

/// <summary>What an issue type is about, by its name.</summary>
internal enum IssueTypeMeaning
{
    /// <summary>Something larger than a story, which stories belong to.</summary>
    Epic,

    /// <summary>A function of the product.</summary>
    Feature,

    /// <summary>What somebody wants of the product.</summary>
    Story,

    /// <summary>Work to be done.</summary>
    Task,

    /// <summary>Something that is wrong.</summary>
    Bug,

    /// <summary>How something is tested.</summary>
    TestCase,
}

/// <summary>
/// The names of issue types that mean something, in the languages that Jira speaks. A name is recognised whole or by
/// one of its words: "Production incident" is about an incident, "Latest" is about no test.
/// </summary>
internal static partial class IssueTypeNames
{
    private static readonly (IssueTypeMeaning Meaning, string[] Names)[] Known =
    [
        (IssueTypeMeaning.TestCase,
        [
            "test", "test case", "testcase", "testfall", "cas de test", "caso de prueba", "prueba", "caso de teste",
            "teste", "caso di test", "testgeval", "przypadek testowy", "testovací případ", "testovací scénář",
            "testfall", "testtapaus", "teszteset", "test durumu", "тест", "тест-кейс", "тестовый сценарий",
            "テスト", "テストケース", "测试", "测试用例", "測試", "測試案例", "테스트", "테스트 케이스",
        ]),
        (IssueTypeMeaning.Bug,
        [
            "bug", "defect", "incident", "fault", "fehler", "fehlerbericht", "defekt", "störung", "mangel", "bogue",
            "anomalie", "défaut", "error", "defecto", "incidente", "incidencia", "fallo", "erro", "defeito", "falha",
            "errore", "difetto", "anomalia", "fout", "storing", "błąd", "usterka", "chyba", "závada", "incidens",
            "bugg", "fel", "defekter", "fejl", "feil", "virhe", "vika", "hiba", "hata", "kusur", "ошибка", "баг",
            "дефект", "инцидент", "помилка", "バグ", "不具合", "欠陥", "障害", "インシデント", "缺陷", "故障", "错误", "錯誤",
            "漏洞", "事件", "事故", "버그", "결함", "오류", "장애", "인시던트",
        ]),
        (IssueTypeMeaning.Epic,
        [
            "epic", "épica", "épico", "épopée", "epopeya", "epopea", "epik", "epopeja", "epos", "eepos", "эпик",
            "епік", "エピック", "史诗", "史詩", "长篇故事", "大型工作", "에픽", "에픽스토리",
        ]),
        (IssueTypeMeaning.Feature,
        [
            "feature", "new feature", "funktion", "neue funktion", "fonctionnalité", "nouvelle fonctionnalité",
            "función", "nueva función", "característica", "funcionalidad", "funcionalidade", "nova funcionalidade",
            "novo recurso", "recurso", "funzionalità", "nuova funzionalità", "functie", "nieuwe functie", "funkcja",
            "nowa funkcja", "funkce", "nová funkce", "ny funktion", "ny funksjon", "ominaisuus", "uusi ominaisuus",
            "új funkció", "yeni özellik", "özellik", "новая функция", "функция", "функциональность", "нова функція",
            "機能", "新機能", "新功能", "功能", "특성", "기능", "새 기능", "새로운 기능",
        ]),
        (IssueTypeMeaning.Story,
        [
            "story", "user story", "histoire", "récit", "récit utilisateur", "historia", "historia de usuario",
            "história", "história de usuário", "storia", "storia utente", "verhaal", "gebruikersverhaal", "historyjka",
            "historyjka użytkownika", "příběh", "uživatelský příběh", "användarberättelse", "berättelse",
            "brugerhistorie", "brukerhistorie", "käyttäjätarina", "tarina", "felhasználói történet", "történet",
            "hikaye", "hikâye", "kullanıcı hikayesi", "anforderung", "история", "пользовательская история", "історія",
            "ストーリー", "ユーザーストーリー", "故事", "用户故事", "使用者故事", "스토리", "사용자 스토리",
        ]),
        (IssueTypeMeaning.Task,
        [
            "task", "aufgabe", "tâche", "tarea", "tarefa", "compito", "attività", "taak", "zadanie", "úkol", "úloha",
            "uppgift", "opgave", "oppgave", "tehtävä", "feladat", "görev", "задача", "задание", "завдання", "タスク",
            "課題", "任务", "任務", "작업",
        ]),
    ];

    private static readonly Dictionary<string, IssueTypeMeaning> ByName = Known
        .SelectMany(one => one.Names, (one, name) => (one.Meaning, Name: name))
        .DistinctBy(one => one.Name)
        .ToDictionary(one => one.Name, one => one.Meaning, StringComparer.OrdinalIgnoreCase);

    /// <summary>What a name means; null where it says nothing.</summary>
    /// <param name="name">The name of an issue type.</param>
    public static IssueTypeMeaning? Of(string name)
    {
        var plain = name.Trim();
        if (ByName.TryGetValue(plain, out var whole))
        {
            return whole;
        }

        // A test plan and a test run are no tests, and "test data" is none either: only the whole name says that.
        foreach (var (meaning, names) in Known.Where(one => one.Meaning != IssueTypeMeaning.TestCase))
        {
            if (names.Any(known => HasWord(plain, known)))
            {
                return meaning;
            }
        }

        return null;
    }

    /// <summary>
    /// Whether a name has another one among its words; those of East Asia are written without spaces.
    /// </summary>
    /// <param name="name">The name.</param>
    /// <param name="word">The other one.</param>
    public static bool HasWord(string name, string word)
    {
        for (var at = name.IndexOf(word, StringComparison.OrdinalIgnoreCase); at >= 0;
            at = name.IndexOf(word, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var end = at + word.Length;
            if (EastAsian().IsMatch(word)
                || ((at == 0 || !char.IsLetter(name[at - 1])) && (end == name.Length || !char.IsLetter(name[end]))))
            {
                return true;
            }
        }

        return false;
    }

    [GeneratedRegex(@"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")]
    private static partial Regex EastAsian();
}
