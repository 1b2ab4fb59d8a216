using System.CommandLine;

namespace JiraAdoSync.Benchmarks.EndToEnd;

/// <summary>
/// <c>end-to-end</c>: what a whole run costs, and how far that is from the limit. Against a sandbox in a process of its
/// own, for each number of issues and each latency:
/// <list type="number">
/// <item>the module, staged, a first run and one that finds nothing to do: in a real pwsh for each, and in a session that
/// made others before;</item>
/// <item>the bare loop, in a process of its own: the same requests again, see <see cref="BareLoop"/>;</item>
/// <item>the straightforward script, see <see cref="PlainScript"/>.</item>
/// </list>
/// The three are measured in turn, as often as asked, and the medians are reported. What the requests are is recorded
/// beforehand, in a run that nobody times.
/// </summary>
internal static class EndToEndCommand
{
    public const string Name = "end-to-end";

    public static Command Create()
    {
        var issues = Numbers("--issues", "How many issues; several numbers, separated by commas.", [1000]);
        var latencies = Numbers("--latency", "Milliseconds that each request waits; several too.", [20]);
        var repeats =
            new Option<int>("--repeat") { Description = "How often each is measured.", DefaultValueFactory = _ => 1 };
        var twoWay = new Option<bool>("--two-way") { Description = "Only two-way runs, beside one-way ones." };
        var command = new Command(Name, "Measures whole runs against the sandbox.") { issues, latencies, repeats, twoWay };
        command.SetAction(async (parsed, token) =>
        {
            Console.WriteLine(Report.Machine);
            Console.WriteLine();
            if (parsed.GetValue(twoWay))
            {
                Console.WriteLine(Report.TwoWayHeader);
                foreach (var number in parsed.GetValue(issues)!)
                {
                    using var trial = await Trial.PrepareTwoWayAsync(number, token);
                    foreach (var latency in parsed.GetValue(latencies)!)
                    {
                        Console.WriteLine(Report.TwoWayRows(
                            number, latency, await trial.MeasureTwoWayAsync(latency, token)));
                    }
                }

                return;
            }

            Console.WriteLine(Report.Header);
            foreach (var number in parsed.GetValue(issues)!)
            {
                using var trial = await Trial.PrepareAsync(number, token);
                foreach (var latency in parsed.GetValue(latencies)!)
                {
                    var figures = await trial.MeasureAsync(latency, parsed.GetValue(repeats), token);
                    Console.WriteLine(Report.Rows(figures));
                }
            }
        });
        return command;
    }

    private static Option<int[]> Numbers(string name, string description, int[] otherwise) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => otherwise,
        CustomParser = result =>
        {
            var numbers = new List<int>();
            foreach (var text in result.Tokens.SelectMany(token => token.Value.Split(',')))
            {
                if (int.TryParse(text, out var number) && number >= 0)
                {
                    numbers.Add(number);
                }
                else
                {
                    result.AddError($"'{text}' is no number. Give some such as 1000,10000.");
                }
            }

            return [.. numbers];
        },
    };
}
