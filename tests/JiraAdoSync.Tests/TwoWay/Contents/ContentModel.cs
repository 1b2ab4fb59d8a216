using System.Globalization;
using System.Text;
using JiraAdoSync.Tests.Cmdlets;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay.Contents;

/// <summary>
/// What people said and attached, and what must become of it: everything that a person wrote stays as they left it; each
/// comment and file has one copy on the other side, which says what the original says, unless a person edited the copy;
/// what is restricted never shows in Azure DevOps; and a copy whose original was deleted is removed by runs that prune.
/// </summary>
internal sealed class ContentModel(ContentWorld world)
{
    private const int Longest = 1 << 20;

    private readonly List<Remark> _remarks = [];
    private readonly List<Attached> _files = [];
    private readonly HashSet<string> _secrets = [];

    /// <summary>What people made of copies: their text, or null where they deleted it.</summary>
    private readonly Dictionary<(bool IsJira, int Pair, long Copy), string> _edited = [];

    /// <summary>What runs said of what they left as it is, with the key of the issue.</summary>
    private readonly List<string> _reports = [];

    private int _step;

    /// <summary>Plays rounds, and sees that all is well after them.</summary>
    /// <returns>How the runs ended to which something may have happened.</returns>
    public static async Task<IReadOnlyList<string>> HoldAsync(ContentWorld world, params ContentRound[] rounds)
    {
        await world.BeginAsync();
        var model = new ContentModel(world);
        var outcomes = new List<string>();
        foreach (var round in rounds)
        {
            try
            {
                outcomes.Add(await model.HoldAsync(round));
            }
            catch (PersonException) when (round.Mishap != Mishap.None)
            {
                // It happened to a person's request: nobody knows what they did.
                return outcomes;
            }
        }

        await model.SettleAsync(prunes: false);
        await model.SettleAsync(prunes: true);
        return outcomes;
    }

    private async Task<string> HoldAsync(ContentRound round)
    {
        foreach (var act in round.Acts)
        {
            await ApplyAsync(act);
        }

        var run = await world.RunAsync(round, ApplyAsync);
        Remember(run);
        await CheckPeopleAsync();
        if (round.Settles)
        {
            await SettleAsync(round.Prunes);
        }

        return run.FailureId ?? run.RunOutcome();
    }

    /// <summary>After an undisturbed run all is as it should be, and a further one writes nothing.</summary>
    private async Task SettleAsync(bool prunes)
    {
        var run = (await world.RunAsync(prunes)).Succeeded();
        Remember(run);
        Assert.Contains(run.RunOutcome(), new[] { "NoChange", "Changed" });
        await CheckPeopleAsync();
        for (var pair = 0; pair < ContentWorld.Pairs; pair++)
        {
            CheckComments(pair, isJira: true, prunes, await world.CommentsInJiraAsync(pair));
            CheckComments(pair, isJira: false, prunes, await world.CommentsInAdoAsync(pair));
            CheckFilesInAdo(pair, prunes, await world.FilesInAdoAsync(pair));
            CheckFilesInJira(pair, prunes, await world.FilesInJiraAsync(pair));
        }

        await world.ForgetRequestsAsync();
        run = (await world.RunAsync(prunes)).Succeeded();
        Assert.Equal((string.Empty, "NoChange"), (string.Join(", ", await world.WrittenAsync()), run.RunOutcome()));
    }

    private void Remember(PowerShellSession.Outcome run) => _reports.AddRange(
        run.Output.Select(one => string.Join(' ', one.Properties
            .Where(property => property.Name is "Key" or "Reason" or "Detail").Select(property => property.Value))));

    private bool IsReported(int pair, string what) => _reports.Exists(report =>
        report.Contains(ContentWorld.KeyOf(pair) + " ", StringComparison.Ordinal) && report.Contains(what, StringComparison.Ordinal));

    /// <summary>What people wrote is as they left it, and no secret is in Azure DevOps.</summary>
    private async Task CheckPeopleAsync()
    {
        for (var pair = 0; pair < ContentWorld.Pairs; pair++)
        {
            var (jira, ado) = (await world.CommentsInJiraAsync(pair), await world.CommentsInAdoAsync(pair));
            foreach (var remark in _remarks.Where(one => one.Pair == pair && !one.IsDeleted))
            {
                var shown = (remark.IsJira ? jira : ado).SingleOrDefault(one => one.Id == remark.Id);
                Assert.True(shown is { IsOurs: false } && shown.Text.Contains(remark.Text, StringComparison.Ordinal),
                    $"{remark} is '{shown?.Text}'");
            }

            foreach (var (copy, text) in _edited.Where(one => one.Key.Pair == pair))
            {
                var shown = (copy.IsJira ? jira : ado).SingleOrDefault(one => one.Id == copy.Copy);
                Assert.True(shown?.Text.Contains(text, StringComparison.Ordinal) == true,
                    $"Copy {copy} that a person edited to '{text}' is '{shown?.Text}'");
            }

            Assert.DoesNotContain(ado, one => _secrets.Any(secret => one.Text.Contains(secret, StringComparison.Ordinal)));
            var (there, attached) = (await world.FilesInJiraAsync(pair), await world.FilesInAdoAsync(pair));
            foreach (var file in _files.Where(one => one.Pair == pair && !one.IsRemoved))
            {
                Assert.True((file.IsJira ? there : attached).Any(one => one.Id == file.Id), $"{file} is missing");
            }
        }
    }

    private void CheckComments(int pair, bool isJira, bool prunes, IReadOnlyList<ShownComment> shown)
    {
        var copies = shown.Where(one => one is { IsOurs: true, Original: not null }).ToLookup(one => one.Original!.Value);
        var originals = _remarks.Where(one => one.Pair == pair && one.IsJira != isJira).ToList();
        foreach (var remark in originals)
        {
            var found = copies[remark.Id].ToList();
            var isWanted = !remark.IsDeleted && !remark.IsSecret;
            Assert.True(found.Count <= 1, $"{remark} was copied {found.Count} times");
            Assert.True(!isWanted || found.Count == 1 || remark.IsCopyDeleted, $"{remark} was not copied");
            if (found is not [var copy])
            {
                continue;
            }

            if (_edited.ContainsKey((isJira, pair, copy.Id)))
            {
                Assert.True(!isWanted || copy.Text.Contains(remark.Text, StringComparison.Ordinal)
                    || IsReported(pair, isJira ? "Somebody edited our copy" : "was edited in Jira, and in Azure DevOps"),
                    $"It is not reported that the copy of {remark} does not follow");
                continue;
            }

            Assert.True(isWanted || !prunes, $"{remark} was deleted or is secret, and its copy '{copy.Text}' is not");
            Assert.True(!isWanted || copy.Text.Contains(remark.Text, StringComparison.Ordinal),
                $"The copy of {remark} says '{copy.Text}'");
        }

        // What is no comment of a person is a copy of one.
        foreach (var one in shown.Where(one => one.IsOurs && !_edited.ContainsKey((isJira, pair, one.Id))))
        {
            Assert.True(originals.Exists(remark => remark.Id == one.Original), $"'{one.Text}' is no copy of what a person said");
        }
    }

    private void CheckFilesInAdo(int pair, bool prunes, IReadOnlyList<ShownFile> shown)
    {
        var copies = shown.SelectMany(one => one.Originals).ToList();
        Assert.Equal(copies.Distinct(), copies);
        foreach (var file in _files.Where(one => one.Pair == pair && one.IsJira))
        {
            var id = long.Parse(file.Id, CultureInfo.InvariantCulture);
            var copy = shown.SingleOrDefault(one => one.Originals.Contains(id));
            Assert.True(!file.IsTooLarge || file.IsRemoved || IsReported(pair, file.Name), $"{file} is not reported");
            Assert.True(file.IsRemoved || file.IsCopyRemoved || file.IsTooLarge == copy is null, $"{file} was not copied");
            Assert.True(!prunes || !file.IsRemoved || copy is null
                || _files.Exists(one => one.IsJira && !one.IsRemoved && copy.Originals.Contains(long.Parse(one.Id, CultureInfo.InvariantCulture))),
                $"{file} is removed, and its copy is not");
            Assert.True(copy is null || copy.Size == file.Size, $"{file} was copied as {copy}");
        }

        Assert.All(copies, id => Assert.Contains(
            _files, file => file.IsJira && file.Id == id.ToString(CultureInfo.InvariantCulture)));
    }

    private void CheckFilesInJira(int pair, bool prunes, IReadOnlyList<ShownFile> shown)
    {
        var ours = shown.Where(one => one.IsOurs).CountBy(one => (one.Name, one.Size)).ToDictionary();
        var originals = _files.Where(one => one.Pair == pair && !one.IsJira).GroupBy(one => (one.Name, one.Size)).ToDictionary(one => one.Key, one => one.ToList());
        foreach (var ((name, size), files) in originals)
        {
            var count = ours.GetValueOrDefault((name, size));
            Assert.True(files.All(one => !one.IsTooLarge || one.IsRemoved) || IsReported(pair, name), $"'{name}' is not reported");
            var wanted = files.Count(one => !one.IsRemoved && !one.IsTooLarge);
            var least = wanted - files.Count(one => one.IsCopyRemoved && !one.IsRemoved);
            var most = prunes ? wanted : files.Count(one => !one.IsTooLarge);
            Assert.True(count >= least && count <= most, $"'{name}' of {size} bytes is in Jira {count} times instead of {least} to {most}");
        }

        Assert.All(ours.Keys, key => Assert.Contains(key, originals.Keys));
    }

    private async Task ApplyAsync(Act act)
    {
        var step = ++_step;
        var theirs = _remarks.Where(one => one.IsJira == act.IsJira && one.Pair == act.Pair && !one.IsDeleted).ToList();
        var text = act.Value switch
        {
            0 => "The same words",
            1 => $"Text {step} <b> & \"so\"",
            2 => $"Text {step} {new string('x', 20_000)} end",
            _ => $"Text {step} of somebody",
        };
        switch (act.Deed)
        {
            case Deed.Say:
            case Deed.SayInSecret:
                await SayAsync(act, text, act is { IsJira: true, Deed: Deed.SayInSecret });
                break;
            case Deed.Edit when theirs.Count > 0:
                await EditAsync(theirs[act.Value % theirs.Count], $"Text {step} that was edited", null);
                break;
            case Deed.Restrict when act.IsJira && theirs.Count > 0:
                await EditAsync(theirs[act.Value % theirs.Count], $"Text {step} that was restricted", true);
                break;
            case Deed.Delete when theirs.Count > 0:
                await DeleteAsync(theirs[act.Value % theirs.Count]);
                break;
            case Deed.Quote or Deed.EditCopy or Deed.DeleteCopy:
                await TouchCopyAsync(act, step);
                break;
            case Deed.Attach:
                await AttachAsync(act, step);
                break;
            case Deed.Detach or Deed.DetachCopy:
                await DetachAsync(act);
                break;
            default:
                break;
        }
    }

    private async Task SayAsync(Act act, string text, bool isSecret)
    {
        text = isSecret ? $"Secret {text} {_step}" : text;
        if (isSecret)
        {
            _secrets.Add(text);
        }

        var id = act.IsJira
            ? await world.WriteInJiraAsync(act.Pair, null, act.Value == 1 ? text.Replace("<b>", "b", StringComparison.Ordinal) : text, isSecret)
            : await SayInAdoAsync(act.Pair, $"<p>{System.Net.WebUtility.HtmlEncode(text)}</p>");
        _remarks.Add(new Remark(act.IsJira, act.Pair, id)
        {
            Text = act.IsJira && act.Value == 1 ? text.Replace("<b>", "b", StringComparison.Ordinal) : text, IsSecret = isSecret,
        });
    }

    private async Task<long> SayInAdoAsync(int pair, string html)
    {
        await world.Board.CommentAsync(world.Items[pair], html);
        return (await world.CommentsInAdoAsync(pair)).Where(one => !one.IsOurs).Max(one => one.Id);
    }

    private async Task EditAsync(Remark remark, string text, bool? isSecret)
    {
        remark.IsSecret = isSecret ?? remark.IsSecret;
        if (remark.IsSecret)
        {
            text = $"Secret {text}";
            _secrets.Add(text);
        }

        remark.Text = text;
        if (remark.IsJira)
        {
            await world.WriteInJiraAsync(remark.Pair, remark.Id, text, remark.IsSecret);
        }
        else
        {
            await world.Board.EditCommentAsync(world.Items[remark.Pair], (int)remark.Id, $"<p>{text}</p>");
        }
    }

    private async Task DeleteAsync(Remark remark)
    {
        remark.IsDeleted = true;
        await DeleteAsync(remark.IsJira, remark.Pair, remark.Id);
    }

    private Task DeleteAsync(bool isJira, int pair, long id) => isJira
        ? world.Tracker.DeleteCommentAsync(ContentWorld.KeyOf(pair), id)
        : world.Board.DeleteCommentAsync(world.Items[pair], (int)id);

    private async Task TouchCopyAsync(Act act, int step)
    {
        var copies = (act.IsJira ? await world.CommentsInJiraAsync(act.Pair) : await world.CommentsInAdoAsync(act.Pair))
            .Where(one => one is { IsOurs: true, Original: not null }).ToList();
        if (copies.Count == 0)
        {
            return;
        }

        var copy = copies[act.Value % copies.Count];
        var key = (act.IsJira, act.Pair, copy.Id);
        var text = $"Text {step} of another hand";
        switch (act.Deed)
        {
            case Deed.DeleteCopy:
                await DeleteAsync(act.IsJira, act.Pair, copy.Id);
                _edited.Remove(key);
                _remarks.Single(one => one.IsJira != act.IsJira && one.Pair == act.Pair && one.Id == copy.Original).IsCopyDeleted = true;
                break;
            case Deed.EditCopy when act.IsJira:
                await world.WriteInJiraAsync(act.Pair, copy.Id, await world.SourceInJiraAsync(act.Pair, copy.Id) + " " + text, false);
                _edited[key] = text;
                break;
            case Deed.EditCopy:
                await world.Board.EditCommentAsync(
                    world.Items[act.Pair], (int)copy.Id, await world.SourceInAdoAsync(act.Pair, copy.Id) + $"<p>{text}</p>");
                _edited[key] = text;
                break;
            default:
                var id = act.IsJira
                    ? await world.WriteInJiraAsync(act.Pair, null, await world.SourceInJiraAsync(act.Pair, copy.Id) + " " + text, false)
                    : await SayInAdoAsync(act.Pair, await world.SourceInAdoAsync(act.Pair, copy.Id) + $"<p>{text}</p>");
                _remarks.Add(new Remark(act.IsJira, act.Pair, id) { Text = text });
                break;
        }
    }

    private async Task AttachAsync(Act act, int step)
    {
        var (name, content) = act.Value switch
        {
            0 => ("same.txt", "The same content"),
            1 => ("same.txt", $"Content {step}"),
            2 => ($"file{step}.txt", "The same content"),
            3 => ($"large{step}.txt", new string('x', Longest + step)),
            _ => ($"file{step}.txt", $"Content {step}"),
        };
        var before = (act.IsJira ? await world.FilesInJiraAsync(act.Pair) : await world.FilesInAdoAsync(act.Pair))
            .Select(one => one.Id).ToHashSet();
        if (act.IsJira)
        {
            await world.Tracker.AttachAsync(ContentWorld.KeyOf(act.Pair), name, Encoding.UTF8.GetBytes(content));
        }
        else
        {
            await world.Board.AttachAsync(world.Items[act.Pair], name, content, "Of a person");
        }

        var file = (act.IsJira ? await world.FilesInJiraAsync(act.Pair) : await world.FilesInAdoAsync(act.Pair))
            .Single(one => !before.Contains(one.Id) && one.Name == name && (!act.IsJira || !one.IsOurs) && one.Originals.Count == 0);
        _files.Add(new Attached(act.IsJira, act.Pair, file.Id, name, file.Size) { IsTooLarge = file.Size > Longest });
    }

    private async Task DetachAsync(Act act)
    {
        if (act.Deed == Deed.Detach)
        {
            var theirs = _files.Where(one => one.IsJira == act.IsJira && one.Pair == act.Pair && !one.IsRemoved).ToList();
            if (theirs.Count > 0)
            {
                var file = theirs[act.Value % theirs.Count];
                file.IsRemoved = true;
                await RemoveAsync(act, file.Id);
            }

            return;
        }

        var copies = (act.IsJira ? await world.FilesInJiraAsync(act.Pair) : await world.FilesInAdoAsync(act.Pair))
            .Where(one => one.IsOurs).ToList();
        if (copies.Count == 0)
        {
            return;
        }

        var copy = copies[act.Value % copies.Count];
        await RemoveAsync(act, copy.Id);
        foreach (var original in _files.Where(one => one.Pair == act.Pair && one.IsJira != act.IsJira && (act.IsJira
            ? (one.Name, one.Size) == (copy.Name, copy.Size)
            : copy.Originals.Contains(long.Parse(one.Id, CultureInfo.InvariantCulture)))))
        {
            original.IsCopyRemoved = true;
        }
    }

    private Task RemoveAsync(Act act, string id) => act.IsJira
        ? world.Tracker.DetachAsync(long.Parse(id, CultureInfo.InvariantCulture))
        : world.Board.UnlinkAsync(world.Items[act.Pair], id);

    /// <summary>What a person said.</summary>
    private sealed record Remark(bool IsJira, int Pair, long Id)
    {
        public string Text { get; set; } = string.Empty;

        public bool IsSecret { get; set; }

        public bool IsDeleted { get; set; }

        public bool IsCopyDeleted { get; set; }
    }

    /// <summary>What a person attached.</summary>
    private sealed record Attached(bool IsJira, int Pair, string Id, string Name, long Size)
    {
        public bool IsTooLarge { get; init; }

        public bool IsRemoved { get; set; }

        public bool IsCopyRemoved { get; set; }
    }
}
