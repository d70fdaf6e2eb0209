"""Phrases that English-speaking families and schools write, and replies to them; all invented."""

from typing import Final

SLOTS: Final[dict[str, tuple[str, ...]]] = {
    "child": ("my daughter", "my son", "our youngest", "my kid", "the older one"),
    "subject": ("maths", "reading", "kanji", "science", "english"),
    "when": ("this morning", "last night", "since Monday", "just now", "for a few days"),
    "device": ("an iPad", "the school chromebook", "an android phone", "a laptop"),
    "grade": ("year 2", "year 4", "grade 5"),
    "count": ("three times", "every time", "again and again"),
    "clock": ("around 7pm", "at 8 in the morning", "about half past six"),
}
HAPPENED: Final[dict[str, tuple[str, ...]]] = {
    "streak": ("the streak of {child} is back to 0", "we did it {clock} but the day is missing"),
    "video": ("the {subject} video freezes {count}", "video just spins on {device}"),
    "notices": ("I get no notifications any more {when}", "no alerts on my new phone"),
    "grading": ("a correct {subject} answer is marked wrong", "{child} was right but got an X"),
    "billing": ("I was charged twice this month", "there are two payments on my card"),
    "login": ("can't log in {when}", "it says wrong password but I just changed it"),
    "homework": ("homework was handed in but the teacher can't see it",),
    "intruder": ("someone used our account on a device we don't own",),
    "app_crash": ("the app crashes as soon as it opens", "crashes on {device} {count}"),
    "plan": ("how do I cancel?", "we would like to change the plan from next month"),
    "account": ("how can I add a sibling?", "the grade is still wrong, should be {grade}"),
    "howto": ("where do I find the study time?", "is there a way to print {subject} sheets?"),
    "wish": ("please add more {subject} exercises", "a weekly summary by mail would be great"),
}
OPENINGS: Final = ("Hi, ", "Hello, ", "", "Dear support, ", "hi there! ")
ENDINGS: Final = (" Please help.", " Any idea?", " Thanks in advance!", " pls fix asap", "")
HOW_IT_IS: Final = ("", "", " Reinstalled already.", " It's on {device}.", " Happened {clock}.")
FACES: Final = (" :(", " 😭", "!!", " 🙏")
DETAIL: Final = (
    "It's {device}, and it happened {clock}.",
    "I updated the app and it is still the same.",
    "Screenshot attached, it's in {subject}.",
)
AGAIN: Final = ("It happened again {when}.", "Sorry, but this is still not solved for {child}.")
THANKS: Final = ("Thank you!", "Thanks a lot!", "Got it, thank you", "Great, thx", "Perfect")
PRAISE: Final = ("{child} loves the {subject} lessons, just wanted to say so.",)
ADVERT: Final = ("Boost your ranking today! Reply for a free audit of your website.",)
ASK_BACK: Final = (
    "Thank you for writing. Could you tell us the device and the time it happened?",
    "Sorry for the trouble. Could you send a picture of the screen and the guardian's ID?",
)
LOOKING: Final = ("Thank you. We are looking into it and will write again as soon as we know.",)
SORRY: Final = ("We are sorry it came back. We have put it right; please try once more.",)
NOTICE: Final = ("The recent fault touched your school too; all of its data has been put back.",)
ANSWERS: Final[dict[str, str]] = {
    "streak": "The record was there: what was handed in after midnight is now on the right day.",
    "video": "Please set the quality to Normal under the gear; it then plays without stopping.",
    "notices": "Please sign out and in once; notifications then reach the new phone.",
    "grading": "The marking was wrong. We have corrected it, and the next update does too.",
    "billing": "These are the fees of two children, one each; nothing was charged twice.",
    "login": "The guardian's and the learner's passwords differ; here is how to set both anew.",
    "homework": "We have sent it again from our side; the teacher can see it now.",
    "intruder": "We looked at the devices. To be safe, please change the password.",
    "app_crash": "The newest version puts this right; if it goes on, tell us the time, please.",
    "plan": "You can do this under Contract; by the end of the month it counts from the next.",
    "account": "Under Family you can add children and change the grade; we did it for you.",
    "howto": "You find it under Records; a short guide is on its way to you.",
    "wish": "Thank you for the idea; we have passed it to the developers.",
}
GREETING: Final = ("Thank you for your message. ", "Thank you for waiting. ")
TEMPLATE: Final = "[Michinote Support]\nThank you for contacting us.\n"
SLIPS: Final = (("the", "teh"), ("again", "agian"), ("password", "pasword"), ("because", "becuase"))
